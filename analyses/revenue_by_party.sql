-- One row per party and currency: what it bought, over all shops and records; the largest first.
with

sales as (
    select * from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

parties as (
    select * from {{ ref('dim_party') }}
),

revenue as (
    select
        gpid,
        currency_code,
        count(*) as order_count,
        -- an order that was placed without signing in counts for its party too
        count(*) filter (where is_guest) as guest_order_count,
        count(distinct record_key) as record_count,
        sum(total_amount) as total_amount,
        max(ordered_at) as last_ordered_at
    from sales
    group by gpid, currency_code
),

final as (
    select
        revenue.gpid,
        parties.display_name,
        revenue.currency_code,
        revenue.order_count,
        revenue.guest_order_count,
        revenue.record_count,
        revenue.total_amount,
        revenue.last_ordered_at
    from revenue
    inner join parties on revenue.gpid = parties.gpid
)

select * from final
order by currency_code, total_amount desc, gpid
