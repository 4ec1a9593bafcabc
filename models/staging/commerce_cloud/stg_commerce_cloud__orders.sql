-- One row per order that is not deleted.
select
    order_key,
    record_key,
    'commerce_cloud' as source_system,
    _instance as source_instance,
    orderNo as order_number,
    creationDate as ordered_at,
    lower(status) as order_status,
    coalesce(
        lower(status) not in ('created', 'failed', 'replaced', 'cancelled', 'canceled'), true
    ) as is_sale,
    is_guest,
    siteId as site,
    upper(currency) as currency_code,
    orderTotal as total_amount,
    taxTotal as tax_amount,
    productTotal as product_amount
from {{ ref('stg_commerce_cloud__order') }}
where not _is_deleted
