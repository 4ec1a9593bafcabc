-- One row per party, attribute, record and value that could become golden.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
{% set address_parts = [
    'street_address', 'street_address', 'locality', 'region', 'postal_code', 'country_code'
] %}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

records as (
    select
        new_parties.gpid,
        new_parties.input_hash,
        as_typed.*,
        coalesce(standardised.family, standardised.given) is not null as has_name,
        standardised.birth_date as birth_day,
        standardised.gender as known_gender,
        standardised.emails as telling_emails,
        standardised.phones as telling_phones,
        coalesce(standardised.country, as_typed.country_code) as known_country
    from new_parties
    inner join {{ ref('bridge_party_source') }} as members
        on new_parties.gpid = members.gpid and members.is_current
    inner join {{ ref('int_party_records') }} as as_typed
        on members.record_key = as_typed.record_key
    inner join {{ ref('identity_records') }} as standardised
        on members.record_key = standardised.record_key
),

-- of two birth dates, genders or contact values neither is more complete
candidates as (
    {% for attribute, value, completeness, condition in [
        (
            'name',
            display_name('full_name', 'given_name', 'family_name'),
            count_filled(['full_name', 'given_name', 'family_name']),
            "party_type = 'person' and has_name",
        ),
        ('name_reading', 'name_reading', 'length(name_reading)', 'has_name'),
        (
            'organization_name',
            "coalesce(organization_name, case when party_type = 'organization' then full_name end)",
            'length(coalesce(organization_name, full_name))',
            'true',
        ),
        (
            'address',
            "concat_ws(', ', street_address, locality, region, postal_code, known_country)",
            count_filled(address_parts),
            'coalesce(street_address, locality, region, postal_code) is not null',
        ),
        ('occupation', 'occupation', 'length(occupation)', 'true'),
        ('birth_date', 'cast(birth_day as varchar)', '1', 'true'),
        ('gender', 'known_gender', '1', 'true'),
        ('email', 'unnest(telling_emails)', '1', 'true'),
        ('phone', 'unnest(telling_phones)', '1', 'true'),
    ] %}
    select
        gpid,
        '{{ attribute }}' as attribute,
        record_key,
        {{ value }} as value,
        {{ completeness }} as completeness,
        source_system,
        updated_at,
        input_hash
    from records
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        *,
        getvariable('code_fingerprint') as made_by
    from candidates
    where value is not null
)

select * from final
