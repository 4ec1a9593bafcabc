-- One row per booking that is not deleted.
select
    appointment_key,
    record_key,
    'appointments' as source_system,
    _instance as source_instance,
    service,
    place,
    lower(trim(status)) as appointment_status,
    booked_at,
    starts_at,
    starts_at + duration_minutes * interval '1' minute as ends_at,
    duration_minutes,
    lower(reminder_channel) as reminder_channel,
    reminder_sent_at,
    cancelled_at
from {{ ref('stg_appointments__booking') }}
where not _is_deleted
