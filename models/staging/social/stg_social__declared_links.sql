-- One row per profile whose owner signed in to a shop with it.
select
    record_key as record_key_a,
    customer_key as record_key_b,
    'customer_number' as link_type,
    delivered_in as declared_by,
    updated_at as declared_at
from {{ ref('stg_social__profile') }}
where customer_key is not null
