-- One row per line of an order that is not deleted.
with

lines as (
    select
        *,
        {{ record_key("'commerce_cloud'", '_instance', "'order'", 'orderNo') }} as order_key
    from {{ source('commerce_cloud', 'order_item') }}
    where _status = 'accepted' and not _is_deleted
),

deleted_orders as (
    select order_key
    from {{ ref('stg_commerce_cloud__order') }}
    where _is_deleted
),

final as (
    select
        {{ record_key(
            "'commerce_cloud'", 'lines._instance', "'order_item'", 'lines.orderNo'
        ) }} || '/' || lines.itemId as order_line_key,
        lines.order_key,
        lines.productId as product_id,
        lines.productName as product_name,
        lines.quantity,
        lines.basePrice as unit_price,
        coalesce(lines.priceAfterItemDiscount, lines.price) as line_amount,
        lines.tax as tax_amount
    from lines
    left join deleted_orders
        on lines.order_key = deleted_orders.order_key
    where deleted_orders.order_key is null
)

select * from final
