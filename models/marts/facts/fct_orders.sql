-- One row per order, with the party it belongs to.
with

orders as (
    select * from {{ ref('int_orders') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        orders.order_key,
        current_parties.gpid,
        orders.record_key,
        orders.source_system,
        orders.source_instance,
        orders.order_number,
        orders.ordered_at,
        orders.order_status,
        orders.is_sale,
        orders.is_guest,
        orders.site,
        orders.currency_code,
        orders.total_amount,
        orders.tax_amount,
        orders.product_amount
    from orders
    left join current_parties
        on orders.record_key = current_parties.record_key
)

select * from final
