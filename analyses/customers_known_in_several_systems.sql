-- One row per party type and pair of systems: how many parties both of them know.
with

-- a party counts once per system, however many records it has there
presence as (
    select distinct
        gpid,
        party_type,
        source_system
    from {{ ref('bridge_party_source') }}
    where is_current
),

system_sizes as (
    select
        party_type,
        source_system,
        count(*) as party_count
    from presence
    group by party_type, source_system
),

shared as (
    select
        one.party_type,
        one.source_system as source_system_a,
        other.source_system as source_system_b,
        count(*) as shared_party_count
    from presence as one
    inner join presence as other
        on one.gpid = other.gpid
        and one.source_system < other.source_system
    group by one.party_type, one.source_system, other.source_system
),

final as (
    select
        shared.party_type,
        shared.source_system_a,
        shared.source_system_b,
        shared.shared_party_count,
        -- of the smaller system, how many the larger one also knows
        shared.shared_party_count
        / least(sizes_a.party_count, sizes_b.party_count) as share_of_smaller
    from shared
    inner join system_sizes as sizes_a
        on shared.party_type = sizes_a.party_type
        and shared.source_system_a = sizes_a.source_system
    inner join system_sizes as sizes_b
        on shared.party_type = sizes_b.party_type
        and shared.source_system_b = sizes_b.source_system
)

select * from final
order by party_type, shared_party_count desc, source_system_a, source_system_b
