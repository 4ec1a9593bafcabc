-- No GPID is minted twice, and none is in use that was never minted.
with

events as (
    select * from {{ ref('gpid_events') }}
),

mintings as (
    select
        gpid,
        count(*) as times_minted
    from events
    where event_type = 'minted'
    group by gpid
),

gpids as (
    select gpid from events
    where gpid is not null
    union
    select other_gpid as gpid from events
    where other_gpid is not null
)

select
    gpids.gpid,
    mintings.times_minted
from gpids
left join mintings
    on gpids.gpid = mintings.gpid
where coalesce(mintings.times_minted, 0) <> 1
