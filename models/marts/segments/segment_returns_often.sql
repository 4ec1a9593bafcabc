-- One row per customer who sent back something of at least half of the orders, two or more.
with

orders as (
    select
        gpid,
        count(*) as orders
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid
),

returned as (
    select
        gpid,
        count(distinct order_key) as orders,
        max(returned_at) as last_returned_at
    from {{ ref('fct_returns') }}
    where gpid is not null
    group by gpid
    having count(distinct order_key) >= 2
),

final as (
    select
        returned.gpid,
        returned.last_returned_at as since,
        null::timestamp as until,
        'sent back of ' || returned.orders::varchar || ' of ' || orders.orders::varchar
        || ' orders' as reason
    from returned
    inner join orders
        on returned.gpid = orders.gpid
    where returned.orders * 2 >= orders.orders
)

select * from final
