-- Nobody is proposed for marketing who has not agreed to it by that channel, and nobody who asked
-- for silence for anything that would break it. One row per action that should not be there.
with

actions as (
    select * from {{ ref('next_best_action') }}
    where purpose != 'internal'
),

allowed as (
    select * from {{ ref('party_consent') }}
    where is_allowed
),

silent as (
    select distinct gpid
    from {{ ref('party_suppression') }}
    where is_active and stops_contact
)

select
    actions.gpid,
    actions.action
from actions
left join allowed
    on actions.gpid = allowed.gpid
    and actions.purpose = allowed.purpose
    and actions.channel = allowed.channel
left join silent
    on actions.gpid = silent.gpid
where
    silent.gpid is not null
    or (actions.purpose = 'marketing' and allowed.gpid is null)
