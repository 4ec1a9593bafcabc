-- One row per pair of systems: what they share by exact values, and after matching.
with

records as (
    select
        record_key,
        source_system
    from {{ ref('int_party_records') }}
    where not is_deleted
),

held as (
    select distinct
        records.source_system,
        identifiers.identifier_type,
        identifiers.value
    from {{ ref('int_party_identifiers') }} as identifiers
    inner join records on identifiers.record_key = records.record_key
    anti join {{ ref('identity_generic_values') }} as generic_values
        on identifiers.party_type = generic_values.party_type
        and identifiers.identifier_type = generic_values.identifier_type
        and identifiers.value = generic_values.value
),

shared_values as (
    select
        a.source_system as system_a,
        b.source_system as system_b,
        count(*) filter (a.identifier_type = 'email') as shared_emails,
        count(*) filter (a.identifier_type = 'phone') as shared_phones,
        count(*) filter (a.identifier_type not in ('email', 'phone')) as shared_identifiers
    from held as a
    inner join held as b
        on a.identifier_type = b.identifier_type
        and a.value = b.value
        and a.source_system < b.source_system
    group by a.source_system, b.source_system
),

parties as (
    select distinct
        records.source_system,
        membership.cluster_id
    from {{ ref('identity_membership') }} as membership
    inner join records on membership.record_key = records.record_key
),

sizes as (
    select
        source_system,
        count(*) as parties
    from parties
    group by source_system
),

shared_parties as (
    select
        a.source_system as system_a,
        b.source_system as system_b,
        count(*) as shared_parties
    from parties as a
    inner join parties as b
        on a.cluster_id = b.cluster_id
        and a.source_system < b.source_system
    group by a.source_system, b.source_system
),

final as (
    select
        a.source_system as system_a,
        b.source_system as system_b,
        a.parties as parties_a,
        b.parties as parties_b,
        coalesce(shared_parties.shared_parties, 0) as shared_parties,
        coalesce(shared_values.shared_emails, 0) as shared_emails,
        coalesce(shared_values.shared_phones, 0) as shared_phones,
        coalesce(shared_values.shared_identifiers, 0) as shared_identifiers
    from sizes as a
    inner join sizes as b
        on a.source_system < b.source_system
    left join shared_parties
        on a.source_system = shared_parties.system_a
        and b.source_system = shared_parties.system_b
    left join shared_values
        on a.source_system = shared_values.system_a
        and b.source_system = shared_values.system_b
)

select * from final
