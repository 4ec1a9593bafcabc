-- A GPID lives, is merged or retired, and lives again only by a restoration: its events alternate,
-- and no record moves to it while it is retired.
with

life_events as (
    select
        gpid,
        event_type,
        commit_number,
        event_type in ('minted', 'restored') as is_live,
        lead(commit_number) over (partition by gpid order by commit_number) as next_commit_number,
        lag(event_type) over (partition by gpid order by commit_number) as former_event_type
    from {{ ref('gpid_events') }}
    where event_type in ('minted', 'restored', 'merged', 'retired')
),

out_of_turn as (
    select
        gpid,
        event_type,
        commit_number
    from life_events
    where
        (event_type = 'minted' and former_event_type is not null)
        or (event_type <> 'minted' and former_event_type is null)
        or (event_type = 'restored' and former_event_type in ('minted', 'restored'))
        or (not is_live and former_event_type in ('merged', 'retired'))
),

arrivals as (
    select
        life_events.gpid,
        moves.event_type,
        moves.commit_number
    from {{ ref('gpid_events') }} as moves
    inner join life_events
        on moves.gpid = life_events.gpid
        and moves.commit_number >= life_events.commit_number
        and moves.commit_number < coalesce(life_events.next_commit_number, 9223372036854775807)
    where moves.event_type in ('moved', 'recycled') and not life_events.is_live
)

select * from out_of_turn
union all
select * from arrivals
