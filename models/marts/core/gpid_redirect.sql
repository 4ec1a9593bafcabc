-- One row per retired GPID that has a successor, which is live: one hop.
with

events as (
    select * from {{ ref('gpid_events') }}
),

current_holders as (
    select record_key, gpid from {{ ref('bridge_party_source') }}
    where is_current
),

births as (
    select gpid, min(commit_number) as minted_at
    from events
    where event_type = 'minted'
    group by gpid
),

-- the records that a GPID had when it was retired all left it in one commit
departures as (
    select other_gpid as retired_gpid, record_key, commit_number, committed_at
    from events
    where
        record_key is not null
        and other_gpid is not null
        and other_gpid not in (select gpid from current_holders)
    qualify commit_number = max(commit_number) over (partition by other_gpid)
),

successors as (
    select
        departures.retired_gpid,
        current_holders.gpid as live_gpid,
        max(departures.committed_at) as since,
        count(*) as record_count
    from departures
    inner join current_holders on departures.record_key = current_holders.record_key
    group by departures.retired_gpid, current_holders.gpid
),

final as (
    select
        successors.retired_gpid,
        successors.live_gpid,
        'merged' as reason,
        successors.since
    from successors
    inner join births on successors.live_gpid = births.gpid
    qualify row_number() over (
        partition by successors.retired_gpid
        order by successors.record_count desc, births.minted_at, successors.live_gpid
    ) = 1
)

select * from final
