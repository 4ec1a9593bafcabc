-- One row per registered customer: what orders and baskets call it.
select
    {{ record_key("'commerce_cloud'", '_instance', "'customer'", 'customerNo') }} as record_key,
    _instance as source_instance,
    customerNo as customer_no,
    customerId as customer_id
from {{ source('commerce_cloud', 'customer') }}
where _status = 'accepted'
