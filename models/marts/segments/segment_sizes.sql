-- One row per segment: how many parties are in it, and how many of them may be addressed.
with

segments as (
    select
        unnest({{ var('segments').keys() | list }}) as segment,
        unnest({{ var('segments').values() | list }}) as purpose
),

members as (
    select * from {{ ref('segment_members') }}
),

reachable as (
    select
        segment,
        count(distinct gpid) as reachable
    from {{ ref('audience_members') }}
    group by segment
),

sizes as (
    select
        segment,
        count(*) as members,
        min(since) as since,
        max(since) as newest
    from members
    group by segment
),

final as (
    select
        segments.segment,
        segments.purpose,
        coalesce(sizes.members, 0) as member_count,
        coalesce(reachable.reachable, 0) as reachable_count,
        sizes.since as oldest_since,
        sizes.newest as newest_since
    from segments
    left join sizes on segments.segment = sizes.segment
    left join reachable on segments.segment = reachable.segment
)

select * from final
