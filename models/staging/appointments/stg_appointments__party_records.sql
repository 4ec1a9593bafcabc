-- One row per booking of a guest, as a record of the person who is to come.
select
    record_key,
    'appointments' as source_system,
    _instance as source_instance,
    'guest_booking' as source_object,
    booking_id as source_key,
    'appointments/' || _instance || '/booking' as delivered_in,
    'person' as party_type,
    customer_name as full_name,
    null as given_name,
    null as family_name,
    null as name_reading,
    null as organization_name,
    null as birth_date,
    null as gender,
    {{ list_without_nulls(['email']) }} as emails,
    {{ list_without_nulls(['phone']) }} as phones,
    null as street_address,
    null as locality,
    null as region,
    null as postal_code,
    country_code,
    null as national_identifier,
    {{ identifier_list({}) }} as identifiers,
    null as birth_place,
    null as occupation,
    booked_at as created_at,
    -- what becomes of the booking is no news about the person
    booked_at as updated_at,
    _is_deleted as is_deleted
from {{ ref('stg_appointments__booking') }}
where is_guest
