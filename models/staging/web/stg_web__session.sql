-- One row per visit: the events of one browser, or of the app on one device, that belong together.
with

events as (
    select
        _instance,
        'web' as channel,
        event_id,
        event_timestamp,
        anonymous_id,
        user_id,
        session_id,
        site,
        url,
        utm_campaign,
        transaction_id,
        coalesce(anonymous_id, user_id, session_id, event_id) as visitor
    from {{ source('web', 'page_event') }}
    where _status = 'accepted' and not _is_deleted
    union all
    select
        _instance,
        'app' as channel,
        event_id,
        event_timestamp,
        device_id as anonymous_id,
        user_id,
        session_id,
        site,
        screen as url,
        null as utm_campaign,
        null as transaction_id,
        coalesce(device_id, user_id, session_id, event_id) as visitor
    from {{ source('web', 'app_event') }}
    where _status = 'accepted' and not _is_deleted
),

-- without a session id from the tracker, a pause begins a new visit
marked as (
    select
        *,
        case
            when session_id is not null then 0
            when event_timestamp <= lag(event_timestamp) over (
                partition by _instance, channel, visitor, session_id
                order by event_timestamp, event_id
            ) + interval '{{ var("web_session_timeout_minutes") }}' minute then 0
            else 1
        end as begins_visit
    from events
),

numbered as (
    select
        *,
        sum(begins_visit) over (
            partition by _instance, channel, visitor, session_id
            order by event_timestamp, event_id
            rows between unbounded preceding and current row
        ) as visit_number
    from marked
),

ordered as (
    select
        *,
        row_number() over (
            partition by _instance, channel, visitor, session_id, visit_number
            order by event_timestamp, event_id
        ) as event_number
    from numbered
),

final as (
    select
        _instance as source_instance,
        channel,
        visitor,
        -- named after its first event where the tracker gives no name
        coalesce(session_id, max(case when event_number = 1 then event_id end)) as session_id,
        min(anonymous_id) as anonymous_id,
        -- a visit in which several users signed in belongs to none of them
        case when count(distinct user_id) = 1 then min(user_id) end as user_id,
        max(case when event_number = 1 then site end) as site,
        max(case when event_number = 1 then url end) as landing_url,
        max(case when event_number = 1 then utm_campaign end) as campaign,
        min(event_timestamp) as started_at,
        max(event_timestamp) as ended_at,
        count(*) as event_count,
        -- of several orders the last one by number
        max(transaction_id) as order_number
    from ordered
    group by _instance, channel, visitor, ordered.session_id, visit_number
)

select * from final
