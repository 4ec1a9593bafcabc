-- One row per period, party and day on which it bought something, in any currency.
with

purchases as (
    select distinct
        periods.period,
        periods.observed_until,
        orders.gpid,
        cast(orders.ordered_at as date) as ordered_on
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('insight_periods') }} as periods
        on orders.ordered_at <= periods.observed_until
    where orders.is_sale and orders.gpid is not null and orders.total_amount > 0
),

final as (
    select
        *,
        date_diff(
            'day',
            lag(ordered_on) over (partition by period, gpid order by ordered_on),
            ordered_on
        ) as gap_days,
        row_number() over (partition by period, gpid order by ordered_on) as purchase_number
    from purchases
)

select * from final
