-- One row per basket that is not deleted; a guest's is anonymous.
with

baskets as (
    select * from {{ source('commerce_cloud', 'basket') }}
    where _status = 'accepted' and not _is_deleted
),

customers as (
    select * from {{ ref('stg_commerce_cloud__customer_ids') }}
),

customers_by_id as (
    select
        source_instance,
        customer_id,
        min(record_key) as record_key
    from customers
    where customer_id is not null
    group by 1, 2
),

final as (
    select
        {{ record_key(
            "'commerce_cloud'", 'baskets._instance', "'basket'", 'baskets.basketId'
        ) }} as cart_key,
        -- a guest's generated number is in no list
        coalesce(customers.record_key, customers_by_id.record_key) as record_key,
        'commerce_cloud' as source_system,
        baskets._instance as source_instance,
        baskets.customerId as anonymous_id,
        baskets.creationDate as created_at,
        coalesce(baskets.lastModified, baskets.creationDate) as last_modified_at,
        baskets.itemCount as item_count,
        upper(baskets.currency) as currency_code,
        baskets.orderTotal as total_amount
    from baskets
    left join customers
        on baskets._instance = customers.source_instance
        and baskets.customerNo = customers.customer_no
    left join customers_by_id
        on baskets._instance = customers_by_id.source_instance
        and baskets.customerId = customers_by_id.customer_id
)

select * from final
