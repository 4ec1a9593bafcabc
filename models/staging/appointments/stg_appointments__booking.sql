-- One row per booking, with the registered customer whose it is, or as a guest's.
select
    booking_id,
    booked_at,
    updated_at,
    starts_at,
    duration_minutes,
    service,
    place,
    status,
    site,
    customer_number,
    customer_name,
    email,
    phone,
    country_code,
    reminder_channel,
    reminder_sent_at,
    cancelled_at,
    deleted,
    _instance,
    _is_deleted,
    {{ record_key("'appointments'", '_instance', "'booking'", 'booking_id') }} as appointment_key,
    coalesce(
        {{ record_key("'commerce_cloud'", 'site', "'customer'", 'customer_number') }},
        {{ record_key("'appointments'", '_instance', "'guest_booking'", 'booking_id') }}
    ) as record_key,
    -- a number without a shop names nobody
    site is null or customer_number is null as is_guest
from {{ source('appointments', 'booking') }}
where _status = 'accepted'
