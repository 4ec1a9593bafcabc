-- One row per party, attribute, record and value that could become golden.
with

members as (
    select * from {{ ref('bridge_party_source') }}
    where is_current
),

records as (
    select
        as_typed.*,
        members.gpid,
        coalesce(standardised.family, standardised.given) is not null as has_name,
        standardised.birth_date as birth_day,
        standardised.gender as known_gender,
        standardised.emails as telling_emails,
        standardised.phones as telling_phones,
        coalesce(standardised.country, as_typed.country_code) as known_country
    from members
    inner join {{ ref('int_party_records') }} as as_typed
        on members.record_key = as_typed.record_key
    inner join {{ ref('identity_records') }} as standardised
        on members.record_key = standardised.record_key
),

candidates as (
    select
        record_key,
        'name' as attribute,
        {{ display_name('full_name', 'given_name', 'family_name') }} as value,
        {{ count_filled(['full_name', 'given_name', 'family_name']) }} as completeness
    from records
    where party_type = 'person' and has_name
    union all
    select
        record_key,
        'name_reading' as attribute,
        name_reading as value,
        length(name_reading) as completeness
    from records
    where has_name
    union all
    select
        record_key,
        'organization_name' as attribute,
        coalesce(organization_name, case when party_type = 'organization' then full_name end)
            as value,
        length(coalesce(organization_name, full_name)) as completeness
    from records
    union all
    -- the parts of an address stay together
    select
        record_key,
        'address' as attribute,
        concat_ws(', ', street_address, locality, region, postal_code, known_country) as value,
        {{ count_filled([
            'street_address', 'street_address', 'locality', 'region', 'postal_code', 'country_code'
        ]) }} as completeness
    from records
    where coalesce(street_address, locality, region, postal_code) is not null
    union all
    select
        record_key,
        'occupation' as attribute,
        occupation as value,
        length(occupation) as completeness
    from records
    -- of two values of these neither is more complete
    {% for attribute, value in {
        'birth_date': 'cast(birth_day as varchar)',
        'gender': 'known_gender',
        'email': 'unnest(telling_emails)',
        'phone': 'unnest(telling_phones)',
    }.items() %}
    union all
    select
        record_key,
        '{{ attribute }}' as attribute,
        {{ value }} as value,
        1 as completeness
    from records
    {% endfor %}
),

final as (
    select
        records.gpid,
        candidates.attribute,
        candidates.record_key,
        candidates.value,
        candidates.completeness,
        records.source_system,
        records.updated_at
    from candidates
    inner join records
        on candidates.record_key = records.record_key
    where candidates.value is not null
)

select * from final
