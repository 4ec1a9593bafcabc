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

identifiers as (
    select
        identifiers.*,
        generic.value is not null as is_generic
    from {{ ref('int_party_identifiers') }} as identifiers
    left join generic
        on identifiers.party_type = generic.party_type
        and identifiers.identifier_type = generic.identifier_type
        and identifiers.value = generic.value
),

-- the few records that lose a value, or say an e-mail address or the like among the others
regathered as (
    select record_key
    from identifiers
    where is_generic
    union
    select record_key
    from records
    where array_length(list_filter(
        identifiers,
        lambda each: split_part(each, ':', 1) in ('email', 'phone', 'national_id', 'domain')
    )) > 0
),

-- a value that many names share neither finds nor decides a match
telling_values as (
    select
        record_key,
        {{ sorted_list("case when identifier_type = 'email' and not is_generic then value end") }}
            as emails,
        {{ sorted_list("case when identifier_type = 'phone' and not is_generic then value end") }}
            as phones,
        max(case when identifier_type = 'national_id' and not is_generic then value end)
            as national_id,
        {{ sorted_list(
            "case when identifier_type not in ('email', 'phone', 'national_id', 'domain')"
            ~ " and not is_generic then identifier_type || ':' || value end"
        ) }} as identifiers
    from identifiers
    where record_key in (select record_key from regathered)
    group by record_key
),

telling_domains as (
    select
        record_key,
        {{ sorted_list('value') }} as domains
    from identifiers
    where identifier_type = 'domain' and not is_generic
    group by record_key
),

matched_on as (
    select
        {{ record_id('records.record_key') }} as record_id,
        records.* exclude (
            emails, phones, national_id, identifiers, local_parts, birth_date
        ),
        case when generic_birth_dates.value is null then records.birth_date end as birth_date,
        case
            when telling_values.record_key is null then records.emails
            else {{ null_if_empty('telling_values.emails') }}
        end as emails,
        case
            when telling_values.record_key is null then records.phones
            else {{ null_if_empty('telling_values.phones') }}
        end as phones,
        case
            when telling_values.record_key is null then records.national_id
            else telling_values.national_id
        end as national_id,
        {{ null_if_empty('telling_domains.domains') }} as company_domains,
        case
            when telling_values.record_key is null then {{ null_if_empty(
                "list_filter(records.identifiers, lambda each: not starts_with(each, 'website:'))"
            ) }}
            else {{ null_if_empty('telling_values.identifiers') }}
        end as identifiers,
        coalesce(records.area, phone_areas.area) as known_area,
        coalesce(records.place, phone_areas.place) as known_place
    from records
    left join telling_values
        on records.record_key = telling_values.record_key
    left join telling_domains
        on records.record_key = telling_domains.record_key
    left join generic_birth_dates
        on cast(records.birth_date as varchar) = generic_birth_dates.value
    -- where an organization is that gives no address
    left join {{ ref('int_phone_areas') }} as phone_areas
        on records.party_type = 'organization'
        and coalesce(records.area, records.place) is null
        and left(
            case
                when telling_values.record_key is null then records.phones[1]
                else telling_values.phones[1]
            end,
            6
        ) = phone_areas.phone_start
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
