-- One row per party, attribute, record and value that could become golden.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
{% set address_parts = ['street_address', 'locality', 'region', 'postal_code', 'country_code'] %}
{% set name_parts = ['given_name', 'family_name'] %}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

-- what people type where a field demands something
placeholders as (
    select
        list(value) filter (where identifier_type = 'text') as texts,
        list(value) as names
    from {{ ref('int_placeholder_values') }}
    where identifier_type in ('text', 'organization_name')
),

records as (
    select
        new_parties.gpid,
        new_parties.input_hash,
        as_typed.* exclude (
            {{ address_parts | join(', ') }}, name_reading, organization_name, occupation
        ),
        {% for column in address_parts + ['name_reading', 'occupation'] %}
        {{ unless_placeholder('as_typed.' ~ column, 'placeholders.texts') }} as {{ column }},
        {% endfor %}
        {{ unless_placeholder(
            "coalesce(as_typed.organization_name, case when as_typed.party_type = 'organization' "
            ~ "then as_typed.full_name end)",
            'placeholders.names'
        ) }} as organization_name,
        coalesce(standardised.family, standardised.given) is not null as has_name,
        standardised.birth_date as birth_day,
        standardised.gender as known_gender,
        standardised.emails as telling_emails,
        standardised.phones as telling_phones,
        standardised.country
    from new_parties
    inner join {{ ref('record_parties') }} as members
        on new_parties.gpid = members.gpid
    inner join {{ ref('int_party_records') }} as as_typed
        on members.record_key = as_typed.record_key
    inner join {{ ref('identity_records') }} as standardised
        on members.record_key = standardised.record_key
    cross join placeholders
),

pinned_parts as (
    select
        pins.gpid,
        pins.survivor as attribute,
        pins.record_key,
        any_value(new_parties.input_hash) as input_hash,
        max(pins.decided_at) as decided_at,
        max(case when pins.attribute = pins.survivor then pins.value end) as value,
        {% for part in name_parts + address_parts %}
        max(case when pins.attribute = '{{ part }}' then pins.value end) as {{ part }},
        {% endfor %}
        count(*) as part_count
    from {{ ref('pinned_values_status') }} as pins
    inner join new_parties on pins.gpid = new_parties.gpid
    where pins.status = 'in force'
    group by pins.gpid, pins.survivor, pins.record_key
),

pinned as (
    select
        gpid,
        attribute,
        record_key,
        true as is_pinned,
        case attribute
            when 'name' then {{ display_name('null', 'given_name', 'family_name') }}
            when 'address' then concat_ws(', ', {{ address_parts | join(', ') }})
            else value
        end as value,
        {{ (name_parts + address_parts) | join(', ') }},
        part_count as completeness,
        'steward' as source_system,
        decided_at as updated_at,
        input_hash
    from pinned_parts
),

-- of two birth dates, genders or contact values neither is more complete; a street counts twice
offered as (
    {% for attribute, value, completeness, condition in [
        (
            'name',
            display_name('full_name', 'given_name', 'family_name'),
            count_filled(['full_name'] + name_parts),
            "party_type = 'person' and has_name",
        ),
        ('name_reading', 'name_reading', 'length(name_reading)', 'has_name'),
        ('organization_name', 'organization_name', 'length(organization_name)', 'true'),
        (
            'address',
            "concat_ws(', ', street_address, locality, region, postal_code, "
                ~ "coalesce(country, country_code))",
            count_filled(['street_address'] + address_parts),
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
        false as is_pinned,
        {{ value }} as value,
        {% for part in name_parts + address_parts %}
        {{ part if attribute == ('name' if part in name_parts else 'address') else 'null' }}
            as {{ part }},
        {% endfor %}
        {{ completeness }} as completeness,
        source_system,
        updated_at,
        input_hash
    from records
    where {{ condition }}
    union all
    {% endfor %}
    select * from pinned
),

final as (
    select
        *,
        getvariable('code_fingerprint') as made_by
    from offered
    where value is not null
)

select * from final
