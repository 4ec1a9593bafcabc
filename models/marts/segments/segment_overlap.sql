-- One row per two segments that share parties.
with

members as (
    select * from {{ ref('segment_members') }}
),

sizes as (
    select
        segment,
        count(*) as members
    from members
    group by segment
),

shared as (
    select
        a.segment as segment_a,
        b.segment as segment_b,
        count(*) as shared
    from members as a
    inner join members as b
        on a.gpid = b.gpid and a.segment < b.segment
    group by a.segment, b.segment
),

final as (
    select
        shared.segment_a,
        shared.segment_b,
        sizes_a.members as members_a,
        sizes_b.members as members_b,
        shared.shared as shared_count,
        round(shared.shared / least(sizes_a.members, sizes_b.members), 4) as share_of_smaller
    from shared
    inner join sizes as sizes_a
        on shared.segment_a = sizes_a.segment
    inner join sizes as sizes_b
        on shared.segment_b = sizes_b.segment
)

select * from final
