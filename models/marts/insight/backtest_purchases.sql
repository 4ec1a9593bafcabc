-- One row per currency and metric: purchases and spend of 26 weeks, as expected and as they were.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

-- what was bought in the weeks that the predictions were about, and in as many before
sales as (
    select
        orders.gpid,
        orders.currency_code,
        orders.ordered_at > calibration.observed_until as is_after,
        count(distinct cast(orders.ordered_at as date)) as purchases,
        sum(orders.total_amount) as amount
    from {{ ref('fct_orders') }} as orders
    inner join calibration
        on orders.ordered_at > calibration.observed_until - interval 182 day
        and orders.ordered_at <= calibration.observed_until + interval 182 day
    where orders.is_sale and orders.gpid is not null and orders.total_amount > 0
    group by all
),

-- the plain guess: in the coming weeks each buys as much as all did on average in the last ones
purchases as (
    select
        history.gpid,
        history.currency_code,
        scores.expected_purchases_26_weeks as expected_purchases,
        scores.expected_purchases_26_weeks * scores.expected_purchase_amount as expected_amount,
        coalesce(later.purchases, 0) as purchases,
        coalesce(later.amount, 0) as amount,
        avg(coalesce(earlier.purchases, 0)) over (partition by history.currency_code)
            as former_purchases,
        avg(coalesce(earlier.amount, 0)) over (partition by history.currency_code)
            as former_amount
    from {{ ref('purchase_history') }} as history
    inner join {{ ref('purchase_scores') }} as scores
        on history.period = scores.period
        and history.gpid = scores.gpid
        and history.currency_code = scores.currency_code
    left join sales as later
        on history.gpid = later.gpid
        and history.currency_code = later.currency_code
        and later.is_after
    left join sales as earlier
        on history.gpid = earlier.gpid
        and history.currency_code = earlier.currency_code
        and not earlier.is_after
    where history.period = 'calibration' and scores.expected_purchases_26_weeks is not null
),

-- in one order, because sums of doubles differ in their last bits by it
final as (
    select
        'party_lifetime_value' as model,
        'root mean squared error of purchases in 26 weeks, ' || currency_code as metric,
        'lower' as better,
        sqrt(avg(power(expected_purchases - purchases, 2) order by gpid)) as value,
        sqrt(avg(power(former_purchases - purchases, 2) order by gpid)) as baseline,
        'the average of all in the 26 weeks before' as baseline_is,
        count(*) as tested_rows
    from purchases
    group by currency_code
    union all
    select
        'party_lifetime_value',
        'root mean squared error of spend in 26 weeks, ' || currency_code,
        'lower',
        sqrt(avg(power(expected_amount - amount, 2) order by gpid)),
        sqrt(avg(power(former_amount - amount, 2) order by gpid)),
        'the average of all in the 26 weeks before',
        count(*)
    from purchases
    where expected_amount is not null
    group by currency_code
)

select * from final
