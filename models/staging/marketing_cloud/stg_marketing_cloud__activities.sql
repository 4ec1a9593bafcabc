-- One row per e-mail sent, opened, clicked, bounced or answered by an unsubscription.
with

events as (
    {%- for object, activity_type in {
        'sent': 'email_send',
        'open': 'email_open',
        'click': 'email_click',
        'bounce': 'email_bounce',
        'unsubscribe': 'email_unsubscribe',
    }.items() %}
    select
        _instance,
        '{{ object }}' as event_object,
        '{{ activity_type }}' as activity_type,
        JobID,
        ListID,
        BatchID,
        SubscriberKey,
        EventDate,
        {{ 'URL' if object == 'click' else 'null' }} as clicked_url
    from {{ source('marketing_cloud', object) }}
    where _status = 'accepted'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

jobs as (
    select * from {{ source('marketing_cloud', 'job') }}
    where _status = 'accepted'
),

-- an event has no id of its own: what makes it one is hashed
identified as (
    select
        *,
        md5(concat_ws(
            '|',
            coalesce(JobID, ''),
            coalesce(ListID, ''),
            coalesce(BatchID, ''),
            coalesce(SubscriberKey, ''),
            coalesce(cast(EventDate as varchar), ''),
            coalesce(clicked_url, '')
        )) as event_id
    from events
),

-- the same event in two deliveries may differ in columns that say nothing about it
distinct_events as (
    select distinct * from identified
),

final as (
    select
        {{ record_key(
            "'marketing_cloud'", 'events._instance', 'events.event_object', 'events.event_id'
        ) }} as activity_key,
        {{ record_key(
            "'marketing_cloud'", 'events._instance', "'subscriber'", 'events.SubscriberKey'
        ) }} as record_key,
        'marketing_cloud' as source_system,
        events._instance as source_instance,
        events.activity_type,
        {{ to_utc('events.EventDate', var('marketing_cloud_utc_offset_hours')) }} as occurred_at,
        cast(null as timestamp) as ended_at,
        'email' as channel,
        case
            when events.activity_type = 'email_send' then 'outbound'
            when events.activity_type <> 'email_bounce' then 'inbound'
        end as direction,
        jobs.EmailSubject as subject,
        coalesce(jobs.EmailName, events.JobID) as campaign,
        events.clicked_url as url,
        null as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from distinct_events as events
    left join jobs
        on events._instance = jobs._instance and events.JobID = jobs.JobID
    where coalesce(jobs.Category, '') <> 'Test Send Emails'
)

select * from final
