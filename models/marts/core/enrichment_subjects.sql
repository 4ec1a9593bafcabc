-- One row per delivered row of a provider: whose it is, and by which key.
with

delivered as (
    select distinct
        enrichment_key,
        provider,
        provider_key,
        party_type,
        subject_key,
        email,
        phone,
        country_code,
        corporate_number,
        domain
    from {{ ref('int_enrichment') }}
),

contact_points as (
    select * from {{ ref('int_enrichment_contact_points') }}
),

current_parties as (
    select record_key, gpid, party_type
    from {{ ref('record_parties') }}
),

-- the keys of a row, the surest first
row_keys as (
    select enrichment_key, party_type, 1 as key_rank, 'record_key' as key_type, subject_key as value
    from delivered
    where subject_key is not null
    union all
    select
        enrichment_key,
        party_type,
        2,
        'national_id',
        {{ normalize_identifier('corporate_number') }}
    from delivered
    where corporate_number is not null
    union all
    select delivered.enrichment_key, delivered.party_type, 3, 'email', contact_points.contact_point
    from delivered
    inner join contact_points
        on contact_points.contact_point_type = 'email'
        and delivered.email = contact_points.contact_point_text
        and delivered.country_code is not distinct from contact_points.country_code
    union all
    select delivered.enrichment_key, delivered.party_type, 4, 'phone', contact_points.contact_point
    from delivered
    inner join contact_points
        on contact_points.contact_point_type = 'phone'
        and delivered.phone = contact_points.contact_point_text
        and delivered.country_code is not distinct from contact_points.country_code
    union all
    select enrichment_key, party_type, 5, 'domain', {{ domain_of_url('domain') }}
    from delivered
    where domain is not null
),

-- a value that many names share names nobody
party_keys as (
    select distinct
        identifiers.party_type,
        identifiers.identifier_type as key_type,
        identifiers.value,
        current_parties.gpid
    from {{ ref('int_party_identifiers') }} as identifiers
    inner join current_parties
        on identifiers.record_key = current_parties.record_key
    left join {{ ref('identity_generic_values') }} as generic
        on identifiers.party_type = generic.party_type
        and identifiers.identifier_type = generic.identifier_type
        and identifiers.value = generic.value
    where generic.value is null
    union
    select party_type, 'record_key', record_key, gpid
    from current_parties
),

found as (
    select
        row_keys.enrichment_key,
        row_keys.key_rank,
        row_keys.key_type,
        min(party_keys.gpid) as gpid,
        count(distinct party_keys.gpid) as party_count
    from row_keys
    inner join party_keys
        on row_keys.party_type = party_keys.party_type
        and row_keys.key_type = party_keys.key_type
        and row_keys.value = party_keys.value
    group by 1, 2, 3
),

-- the first key that names exactly one party decides
decided as (
    select
        enrichment_key,
        min_by(gpid, key_rank) filter (party_count = 1) as gpid,
        min_by(key_type, key_rank) filter (party_count = 1) as matched_by,
        max(party_count) as party_count
    from found
    group by 1
),

-- what a provider knows by its own key alone belongs to whom its other rows of that key name
provider_keys as (
    select
        delivered.provider,
        delivered.provider_key,
        delivered.party_type,
        min(decided.gpid) as gpid,
        count(distinct decided.gpid) as party_count
    from delivered
    inner join decided
        on delivered.enrichment_key = decided.enrichment_key
    where decided.gpid is not null
    group by 1, 2, 3
),

final as (
    select
        delivered.enrichment_key,
        coalesce(
            decided.gpid, case when provider_keys.party_count = 1 then provider_keys.gpid end
        ) as gpid,
        case
            when decided.gpid is not null then decided.matched_by
            when provider_keys.party_count = 1 then 'provider_key'
        end as matched_by,
        case
            when decided.gpid is not null or provider_keys.party_count = 1 then null
            when decided.party_count > 1 or provider_keys.party_count > 1
                then 'names several parties'
            else 'names nobody known'
        end as problem
    from delivered
    left join decided
        on delivered.enrichment_key = decided.enrichment_key
    left join provider_keys
        on delivered.provider = provider_keys.provider
        and delivered.provider_key = provider_keys.provider_key
        and delivered.party_type = provider_keys.party_type
)

select * from final
