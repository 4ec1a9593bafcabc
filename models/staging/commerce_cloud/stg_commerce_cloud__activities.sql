-- One row per basket; a guest's basket is anonymous.
select
    cart_key as activity_key,
    record_key,
    source_system,
    source_instance,
    'basket' as activity_type,
    created_at as occurred_at,
    last_modified_at as ended_at,
    'web' as channel,
    'inbound' as direction,
    null as subject,
    null as campaign,
    null as url,
    null as related_key,
    anonymous_id,
    item_count,
    total_amount as amount,
    currency_code
from {{ ref('stg_commerce_cloud__carts') }}
