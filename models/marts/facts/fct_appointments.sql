-- One row per appointment, with the party it belongs to.
with

appointments as (
    select * from {{ ref('int_appointments') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        appointments.appointment_key,
        current_parties.gpid,
        appointments.record_key,
        appointments.source_system,
        appointments.source_instance,
        appointments.service,
        appointments.place,
        appointments.appointment_status,
        appointments.booked_at,
        appointments.starts_at,
        appointments.ends_at,
        appointments.duration_minutes,
        appointments.reminder_channel,
        appointments.reminder_sent_at,
        appointments.cancelled_at
    from appointments
    left join current_parties
        on appointments.record_key = current_parties.record_key
)

select * from final
