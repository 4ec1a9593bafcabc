-- One row per change of a GPID, of a record's place or of a redirect: what copies have to follow.
{{ config(materialized='view') }}
with

events as (
    select * from {{ ref('gpid_events') }}
),

commits as (
    select
        commit_number,
        max(event_number) as event_count,
        any_value(committed_at) as committed_at,
        any_value(run_id) as run_id,
        any_value(actor) as actor
    from events
    group by commit_number
),

redirects as (
    select
        retired_gpid,
        live_gpid,
        valid_from_commit,
        lag(live_gpid) over (partition by retired_gpid, since order by valid_from_commit)
            as former_live_gpid,
        row_number() over (partition by retired_gpid, since order by valid_from_commit) as place
    from {{ ref('gpid_redirect_history') }}
),

births as (
    select
        gpid,
        party_type
    from events
    where event_type = 'minted'
),

-- what the registry says, told as from and to
told as (
    select
        commit_number,
        event_number as change_number,
        committed_at,
        event_type as change_type,
        record_key,
        case
            when event_type in ('moved', 'recycled', 'split_from') then other_gpid
            when event_type in ('merged', 'retired', 'erased') then gpid
        end as old_gpid,
        case
            when event_type = 'merged' then other_gpid
            when event_type in ('moved', 'recycled', 'split_from', 'minted', 'restored')
                then gpid
        end as new_gpid,
        party_type,
        reason,
        run_id,
        actor
    from events
),

-- the records of a retired GPID went on from its successor to another party, or came back
led_elsewhere as (
    select
        commits.commit_number,
        commits.event_count + row_number() over (
            partition by commits.commit_number order by redirects.retired_gpid
        ) as change_number,
        commits.committed_at,
        'redirected' as change_type,
        cast(null as varchar) as record_key,
        redirects.retired_gpid as old_gpid,
        redirects.live_gpid as new_gpid,
        births.party_type,
        case
            when redirects.live_gpid is null then 'none of its last records is left'
            else 'most of its last records are there now'
        end as reason,
        commits.run_id,
        commits.actor
    from redirects
    inner join commits on redirects.valid_from_commit = commits.commit_number
    inner join births on redirects.retired_gpid = births.gpid
    -- its retirement itself is an event
    where redirects.place > 1
),

final as (
    select * from told
    union all
    select * from led_elsewhere
)

select * from final
