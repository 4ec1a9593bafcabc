-- One row per party record as matching sees it: standardised, without values that tell nobody apart.
with

records as (
    select * from {{ ref('int_party_records_standardised') }}
),

-- a value that many names share neither finds nor decides a match
telling as (
    select
        identifiers.record_key,
        {{ sorted_list("case when identifiers.identifier_type = 'email' then identifiers.value end") }}
            as emails,
        {{ sorted_list("case when identifiers.identifier_type = 'phone' then identifiers.value end") }}
            as phones,
        max(case when identifiers.identifier_type = 'national_id' then identifiers.value end)
            as national_id,
        {{ sorted_list("case when identifiers.identifier_type = 'domain' then identifiers.value end") }}
            as company_domains,
        {{ sorted_list(
            "case when identifiers.identifier_type not in ('email', 'phone', 'national_id', 'domain')"
            ~ " then identifiers.identifier_type || ':' || identifiers.value end"
        ) }} as identifiers
    from {{ ref('int_party_identifiers') }} as identifiers
    left join {{ ref('identity_generic_values') }} as generic
        on
            identifiers.party_type = generic.party_type
            and identifiers.identifier_type = generic.identifier_type
            and identifiers.value = generic.value
    where generic.value is null
    group by identifiers.record_key
),

final as (
    select
        row_number() over (order by records.record_key) as record_id,
        records.* exclude (emails, phones, national_id, identifiers, local_parts),
        {{ null_if_empty('telling.emails') }} as emails,
        {{ null_if_empty('telling.phones') }} as phones,
        telling.national_id,
        {{ null_if_empty('telling.company_domains') }} as company_domains,
        {{ null_if_empty('telling.identifiers') }} as identifiers
    from records
    left join telling on records.record_key = telling.record_key
)

select * from final
