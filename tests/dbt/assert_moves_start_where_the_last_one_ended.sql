-- The history of a record has no jumps: each move starts at the party that the one before led to,
-- and the first one starts at none.
with

moves as (
    select
        record_key,
        commit_number,
        other_gpid as start_gpid,
        lag(gpid) over (partition by record_key order by commit_number) as former_end_gpid
    from {{ ref('gpid_events') }}
    where event_type in ('moved', 'recycled')
)

select * from moves
where start_gpid is distinct from former_end_gpid
