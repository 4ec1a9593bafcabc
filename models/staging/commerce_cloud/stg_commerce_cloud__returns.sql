-- One row per returned line of an order.
with

returns as (
    select
        *,
        {{ record_key("'commerce_cloud'", '_instance', "'order'", 'orderNo') }} as order_key
    from {{ source('commerce_cloud', 'return') }}
    where _status = 'accepted' and not _is_deleted
),

orders as (
    select * from {{ ref('stg_commerce_cloud__order') }}
),

final as (
    select
        {{ record_key(
            "'commerce_cloud'", 'returns._instance', "'return'", 'returns.returnNo'
        ) }} || '/' || returns.itemId as return_line_key,
        orders.record_key,
        'commerce_cloud' as source_system,
        returns._instance as source_instance,
        returns.order_key,
        {{ record_key(
            "'commerce_cloud'", 'returns._instance', "'order_item'", 'returns.orderNo'
        ) }} || '/' || returns.itemId as order_line_key,
        returns.returnNo as return_number,
        lower(returns.reasonCode) as return_reason,
        lower(returns.status) as return_status,
        returns.quantity,
        upper(coalesce(returns.currency, orders.currency)) as currency_code,
        returns.refundAmount as refund_amount,
        returns.creationDate as returned_at,
        returns.refundDate as refunded_at
    from returns
    left join orders
        on returns.order_key = orders.order_key
)

select * from final
