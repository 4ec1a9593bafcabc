-- What was paid back for an order is at most what was paid for it, and for a line at most the line
-- with its tax. Only a warning, since a shop may give more than it took: somebody should know.
{{ config(severity='warn') }}
with

orders as (
    select
        returns.order_key as paid_for,
        sum(returns.refund_amount) as refunded,
        max(orders.total_amount) as paid
    from {{ ref('fct_returns') }} as returns
    inner join {{ ref('fct_orders') }} as orders
        on returns.order_key = orders.order_key
    group by 1
),

lines as (
    select
        returns.order_line_key as paid_for,
        sum(returns.refund_amount) as refunded,
        max(lines.line_amount + coalesce(lines.tax_amount, 0)) as paid
    from {{ ref('fct_returns') }} as returns
    inner join {{ ref('fct_order_lines') }} as lines
        on returns.order_line_key = lines.order_line_key
    group by 1
)

select * from orders
where refunded > paid
union all
select * from lines
where refunded > paid
