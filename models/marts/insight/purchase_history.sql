-- One row per period, party and currency: the rhythm and the value of what it bought.
with

periods as (
    select * from {{ ref('insight_periods') }}
),

orders as (
    select
        gpid,
        currency_code,
        ordered_at,
        cast(ordered_at as date) as ordered_on,
        total_amount
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null and total_amount > 0 and currency_code is not null
),

-- several orders of one day are one purchase
purchases as (
    select
        periods.period,
        periods.observed_until,
        orders.gpid,
        orders.currency_code,
        orders.ordered_on,
        count(*) as orders_of_day,
        sum(orders.total_amount) as amount_of_day,
        max(orders.ordered_at) as last_ordered_at,
        orders.ordered_on = min(orders.ordered_on) over (
            partition by periods.period, orders.gpid, orders.currency_code
        ) as is_first
    from orders
    inner join periods
        on orders.ordered_at <= periods.observed_until
    group by
        periods.period,
        periods.observed_until,
        orders.gpid,
        orders.currency_code,
        orders.ordered_on
),

final as (
    select
        period,
        gpid,
        currency_code,
        cast(sum(orders_of_day) as bigint) as order_count,
        cast(sum(amount_of_day) as decimal(18, 2)) as total_amount,
        min(ordered_on) as first_ordered_on,
        max(ordered_on) as last_ordered_on,
        max(last_ordered_at) as last_ordered_at,
        count(*) filter (where not is_first) as repeat_purchases,
        date_diff('day', min(ordered_on), max(ordered_on)) / 7 as weeks_to_last_purchase,
        date_diff('day', min(ordered_on), cast(any_value(observed_until) as date)) / 7
            as weeks_observed,
        avg(amount_of_day) filter (where not is_first) as mean_repeat_amount,
        any_value(observed_until) as observed_until
    from purchases
    group by period, gpid, currency_code
)

select * from final
