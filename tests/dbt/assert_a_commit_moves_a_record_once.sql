-- The proposed events are one commit, the next one, numbered without gaps; each record moves at
-- most once, and not to where it is. Checked before anything is committed.
with

events as (
    select * from {{ ref('identity_proposed_events') }}
),

earlier as (
    select coalesce(max(commit_number), 0) as commit_number
    from {{ source('registry', 'gpid_events') }}
    where commit_number < (select max(commit_number) from events)
),

numbering as (
    select
        cast(null as varchar) as record_key,
        'events are not numbered from 1, or not those of the next commit' as violation
    from events
    cross join earlier
    having
        count(*) <> count(distinct events.event_number)
        or count(*) <> max(events.event_number)
        or min(events.commit_number) <> min(earlier.commit_number) + 1
        or max(events.commit_number) <> min(earlier.commit_number) + 1
),

moves as (
    select
        record_key,
        'moves more than once, or to where it is' as violation
    from events
    where event_type in ('moved', 'recycled')
    group by record_key
    having count(*) > 1 or count(*) <> count(case when gpid is distinct from other_gpid then 1 end)
)

select * from numbering
union all
select * from moves
