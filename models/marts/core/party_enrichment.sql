-- One row per party, attribute and provider: the provider's newest value.
with

newest as (
    select
        *,
        row_number() over (
            partition by gpid, attribute, provider
            order by as_of desc nulls last, enrichment_key desc
        ) as newness
    from {{ ref('fct_enrichment') }}
    where gpid is not null
),

-- of the providers, the one with the newest date
ranked as (
    select
        *,
        row_number() over (
            partition by gpid, attribute order by as_of desc nulls last, provider
        ) as provider_rank
    from newest
    where newness = 1
),

-- what the company itself knows, where it knows the same attribute
first_party as (
    select
        gpid,
        'occupation' as attribute,
        occupation as value,
        [lower(trim(occupation))] as accepted_values
    from {{ ref('dim_party') }}
    where occupation is not null
    union all
    select gpid, 'birth_year', cast(birth_year as varchar), [cast(birth_year as varchar)]
    from {{ ref('dim_party') }}
    where birth_year is not null
    union all
    select
        members.gpid,
        'corporate_number',
        min(records.national_id),
        list(distinct records.national_id)
    from {{ ref('record_parties') }} as members
    inner join {{ ref('int_party_records_standardised') }} as records
        on members.record_key = records.record_key
    where
        members.party_type = 'organization'
        and records.national_id is not null
    group by members.gpid
),

compared as (
    select
        ranked.*,
        first_party.value as first_party_value,
        first_party.value is not null
        and not list_contains(
            first_party.accepted_values,
            case ranked.attribute
                when 'corporate_number' then {{ normalize_identifier('ranked.value') }}
                else lower(trim(ranked.value))
            end
        ) as contradicts_first_party
    from ranked
    left join first_party
        on ranked.gpid = first_party.gpid
        and ranked.attribute = first_party.attribute
),

final as (
    select
        gpid,
        attribute,
        provider,
        party_type,
        value,
        currency_code,
        as_of,
        matched_by,
        enrichment_key,
        provider_rank = 1 and not contradicts_first_party as is_in_force,
        first_party_value,
        contradicts_first_party
    from compared
)

select * from final
