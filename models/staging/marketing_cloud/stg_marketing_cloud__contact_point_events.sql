-- One row per subscriber and kind of sign that mail arrives or not, the last one.
with

events as (
    {%- for object, evidence in {'open': "'opened'", 'click': "'clicked'"}.items() %}
    select
        _instance,
        SubscriberKey,
        EventDate,
        {{ evidence }} as evidence
    from {{ source('marketing_cloud', object) }}
    where _status = 'accepted'
    union all
    {%- endfor %}
    select
        _instance,
        SubscriberKey,
        EventDate,
        -- a block is the doing of a filter and says as little of the mailbox as a full one
        case when BounceCategory ilike 'hard%' then 'hard_bounce' else 'soft_bounce' end as evidence
    from {{ source('marketing_cloud', 'bounce') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'marketing_cloud'", '_instance', "'subscriber'", 'SubscriberKey') }}
            as record_key,
        'email' as channel,
        evidence,
        max({{ to_utc('EventDate', var('marketing_cloud_utc_offset_hours')) }}) as last_at,
        count(*) as event_count
    from events
    where SubscriberKey is not null
    group by all
)

select * from final
