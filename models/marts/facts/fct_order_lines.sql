-- One row per order line, with the party it belongs to.
with

order_lines as (
    select * from {{ ref('int_order_lines') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        order_lines.order_line_key,
        current_parties.gpid,
        order_lines.order_key,
        orders.record_key,
        orders.source_system,
        orders.source_instance,
        order_lines.product_id,
        order_lines.product_name,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.line_amount,
        order_lines.tax_amount,
        orders.ordered_at,
        orders.is_sale,
        orders.currency_code
    from order_lines
    left join orders
        on order_lines.order_key = orders.order_key
    left join current_parties
        on orders.record_key = current_parties.record_key
)

select * from final
