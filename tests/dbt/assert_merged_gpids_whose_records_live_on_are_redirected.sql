-- Whoever kept a GPID finds its records again: if a record that was the GPID's last still exists,
-- the GPID is live or redirected. A key that stands for somebody else by now is not that record.
with

moves as (
    select
        record_key,
        other_gpid as former_gpid,
        commit_number
    from {{ ref('gpid_events') }}
    where event_type in ('moved', 'recycled') and other_gpid is not null
),

last_departures as (
    select
        former_gpid,
        max(commit_number) as commit_number
    from moves
    group by former_gpid
),

recyclings as (
    select
        record_key,
        max(commit_number) as commit_number
    from {{ ref('gpid_events') }}
    where event_type = 'recycled'
    group by record_key
),

current_rows as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
)

select distinct moves.former_gpid
from moves
inner join last_departures
    on moves.former_gpid = last_departures.former_gpid
    and moves.commit_number = last_departures.commit_number
inner join current_rows
    on moves.record_key = current_rows.record_key
left join recyclings
    on moves.record_key = recyclings.record_key
    and moves.commit_number <= recyclings.commit_number
left join current_rows as holders
    on moves.former_gpid = holders.gpid
left join {{ ref('gpid_redirect') }} as redirects
    on moves.former_gpid = redirects.retired_gpid
where
    holders.gpid is null
    and redirects.retired_gpid is null
    and recyclings.record_key is null
