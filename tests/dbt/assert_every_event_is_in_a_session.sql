-- Every event of the website and of the app is in exactly one session of its channel.
{{ config(enabled='web' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        'web' as channel,
        count(*) as events
    from {{ source('web', 'page_event') }}
    where _status = 'accepted' and not _is_deleted
    union all
    select
        'app' as channel,
        count(*) as events
    from {{ source('web', 'app_event') }}
    where _status = 'accepted' and not _is_deleted
),

sessions as (
    select
        channel,
        sum(item_count) as events
    from {{ ref('fct_activities') }}
    where source_system = 'web' and activity_type in ('web_session', 'app_session')
    group by channel
)

select
    delivered.channel,
    delivered.events,
    sessions.events as events_in_sessions
from delivered
left join sessions
    on delivered.channel = sessions.channel
where delivered.events <> coalesce(sessions.events, 0)
