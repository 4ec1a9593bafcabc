-- One row per customer of the provider.
select
    {{ record_key("'payments'", '_instance', "'customer'", 'id') }} as record_key,
    'payments' as source_system,
    _instance as source_instance,
    'customer' as source_object,
    id as source_key,
    'payments/' || _instance || '/customer' as delivered_in,
    'person' as party_type,
    name as full_name,
    null as given_name,
    null as family_name,
    null as name_reading,
    null as organization_name,
    null as birth_date,
    null as gender,
    {{ list_without_nulls(['email']) }} as emails,
    {{ list_without_nulls(['phone']) }} as phones,
    nullif(concat_ws(' ', address_line1, address_line2), '') as street_address,
    address_city as locality,
    address_state as region,
    address_postal_code as postal_code,
    address_country as country_code,
    null as national_identifier,
    {{ identifier_list({}) }} as identifiers,
    null as birth_place,
    null as occupation,
    created as created_at,
    created as updated_at,
    -- who is only in the test mode is nobody
    _is_deleted or not coalesce(livemode, true) as is_deleted
from {{ source('payments', 'customer') }}
where _status = 'accepted'
