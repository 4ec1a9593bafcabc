-- One row per booking made, reminder sent and appointment that took place.
with

appointments as (
    select * from {{ ref('stg_appointments__appointments') }}
),

steps as (
    select
        *,
        'appointment_booked' as activity_type,
        booked_at as occurred_at,
        cast(null as timestamp) as finished_at,
        null as channel,
        'inbound' as direction
    from appointments
    union all
    select
        *,
        'appointment_reminder' as activity_type,
        reminder_sent_at as occurred_at,
        null as finished_at,
        reminder_channel as channel,
        'outbound' as direction
    from appointments
    where reminder_sent_at is not null
    union all
    select
        *,
        'appointment' as activity_type,
        starts_at as occurred_at,
        ends_at as finished_at,
        'meeting' as channel,
        null as direction
    from appointments
    where appointment_status = 'completed'
),

final as (
    select
        appointment_key || '/' || activity_type as activity_key,
        record_key,
        source_system,
        source_instance,
        activity_type,
        occurred_at,
        finished_at as ended_at,
        channel,
        direction,
        service as subject,
        null as campaign,
        null as url,
        appointment_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from steps
)

select * from final
