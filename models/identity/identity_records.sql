-- One row per party record as matching sees it: without values that tell nobody apart.
with

-- a record whose key came to stand for somebody else may have to wait for a steward
records as (
    select records.*
    from {{ ref('int_party_records_standardised') }} as records
    left join {{ ref('identity_recycled_keys') }} as recycled
        on records.record_key = recycled.record_key
        and recycled.outcome = 'quarantined'
    where recycled.record_key is null
),

-- values that tell nobody apart
generic as (
    select * from {{ ref('identity_generic_findings') }}
),

generic_birth_dates as (
    select value
    from generic
    where identifier_type = 'birth_date'
),

-- a value that many names share neither finds nor decides a match
telling as (
    select
        identifiers.record_key,
        identifiers.identifier_type,
        identifiers.value
    from {{ ref('int_party_identifiers') }} as identifiers
    left join generic
        on identifiers.party_type = generic.party_type
        and identifiers.identifier_type = generic.identifier_type
        and identifiers.value = generic.value
    where generic.value is null
),

telling_values as (
    select
        record_key,
        {{ sorted_list("case when identifier_type = 'email' then value end") }} as emails,
        {{ sorted_list("case when identifier_type = 'phone' then value end") }} as phones,
        max(case when identifier_type = 'national_id' then value end) as national_id,
        {{ sorted_list("case when identifier_type = 'domain' then value end") }}
            as company_domains,
        {{ sorted_list(
            "case when identifier_type not in ('email', 'phone', 'national_id', 'domain')"
            ~ " then identifier_type || ':' || value end"
        ) }} as identifiers
    from telling
    group by record_key
),

matched_on as (
    select
        {{ record_id('records.record_key') }} as record_id,
        records.* exclude (
            emails, phones, national_id, identifiers, local_parts, birth_date
        ),
        case when generic_birth_dates.value is null then records.birth_date end as birth_date,
        {{ null_if_empty('telling_values.emails') }} as emails,
        {{ null_if_empty('telling_values.phones') }} as phones,
        telling_values.national_id,
        {{ null_if_empty('telling_values.company_domains') }} as company_domains,
        {{ null_if_empty('telling_values.identifiers') }} as identifiers,
        coalesce(records.area, phone_areas.area) as known_area,
        coalesce(records.place, phone_areas.place) as known_place
    from records
    left join telling_values
        on records.record_key = telling_values.record_key
    left join generic_birth_dates
        on cast(records.birth_date as varchar) = generic_birth_dates.value
    -- where an organization is that gives no address
    left join {{ ref('int_phone_areas') }} as phone_areas
        on records.party_type = 'organization'
        and coalesce(records.area, records.place) is null
        and left(telling_values.phones[1], 6) = phone_areas.phone_start
),

-- with the settings that decide what its values are worth
final as (
    select
        *,
        hash(
            matched_on,
            {{ var('model_release') }},
            {{ var('common_name_records') }},
            {{ var('common_name_share') }}
        ) as input_hash
    from matched_on
)

select * from final
