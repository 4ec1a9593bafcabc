-- One row per subscriber with a status that says something, per unsubscription, and per address.
with

subscribers as (
    select
        *,
        -- one that has no address is known by its key alone
        unnest(case when len(emails) > 0 then emails else [null] end) as contact_point
    from {{ ref('stg_marketing_cloud__subscriber') }}
),

statuses as (
    select
        -- the status is a column of the record
        record_key as event_key,
        source_instance,
        record_key,
        contact_point,
        case when status in ('bounced', 'held') then 'all' else 'marketing' end as purpose,
        case status
            when 'unsubscribed' then 'withdrawn'
            when 'active' then 'granted'
            else 'undeliverable'
        end as event_status,
        -- when it bounced is not in the view; a subscriber without a date of leaving left for good
        case when status = 'active' then joined_at else unsubscribed_at end as effective_from,
        'subscriber is ' || status as evidence
    from subscribers
    where
        status in ('unsubscribed', 'bounced', 'held')
        or (status = 'active' and {{ var('active_subscribers_have_consented') }})
),

unsubscriptions as (
    select
        activities.activity_key as event_key,
        activities.source_instance,
        activities.record_key,
        subscribers.contact_point,
        'marketing' as purpose,
        'withdrawn' as event_status,
        activities.occurred_at as effective_from,
        'unsubscribed from ' || activities.campaign as evidence
    from {{ ref('stg_marketing_cloud__activities') }} as activities
    left join subscribers
        on activities.record_key = subscribers.record_key
    where activities.activity_type = 'email_unsubscribe'
),

events as (
    select * from statuses
    union all
    select * from unsubscriptions
),

final as (
    select
        event_key,
        'marketing_cloud' as source_system,
        source_instance,
        record_key,
        'email' as contact_point_type,
        contact_point,
        null as country_code,
        purpose,
        'email' as channel,
        event_status as status,
        null as legal_basis,
        effective_from,
        null as effective_to,
        false as is_time_unreadable,
        effective_from as recorded_at,
        evidence
    from events
)

select * from final
