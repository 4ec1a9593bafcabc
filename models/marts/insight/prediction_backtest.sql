-- One row per prediction and metric: what it said 26 weeks ago, against what came, and a plain guess.
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

-- the plain guess: the coming weeks are as the last ones were
purchases as (
    select
        history.currency_code,
        scores.expected_purchases_26_weeks as expected_purchases,
        scores.expected_purchases_26_weeks * scores.expected_purchase_amount as expected_amount,
        coalesce(later.purchases, 0) as purchases,
        coalesce(later.amount, 0) as amount,
        coalesce(earlier.purchases, 0) as former_purchases,
        coalesce(earlier.amount, 0) as former_amount
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

purchase_metrics as (
    select
        'party_lifetime_value' as model,
        'mean absolute error of purchases in 26 weeks, ' || currency_code as metric,
        'lower' as better,
        avg(abs(expected_purchases - purchases)) as value,
        avg(abs(former_purchases - purchases)) as baseline,
        'as many as in the 26 weeks before' as baseline_is,
        count(*) as tested_rows
    from purchases
    group by currency_code
    union all
    select
        'party_lifetime_value',
        'mean absolute error of spend in 26 weeks, ' || currency_code,
        'lower',
        avg(abs(expected_amount - amount)),
        avg(abs(former_amount - amount)),
        'as much as in the 26 weeks before',
        count(*)
    from purchases
    where expected_amount is not null
    group by currency_code
),

-- the plain guess: who has been silent for longer has left sooner
churn as (
    select
        scores.gpid,
        coalesce(scores.churn_risk, 0.5) as churn_risk,
        scores.days_since_last_order,
        bool_or(sales.gpid is not null) as came_back
    from {{ ref('churn_scores') }} as scores
    left join sales
        on scores.gpid = sales.gpid
        and sales.is_after
    where scores.period = 'calibration'
    group by all
),

-- the middle rank of equal values
churn_ranks as (
    select
        came_back,
        rank() over (order by churn_risk desc)
        + (count(*) over (partition by churn_risk) - 1) / 2 as rank_by_risk,
        rank() over (order by days_since_last_order desc)
        + (count(*) over (partition by days_since_last_order) - 1) / 2 as rank_by_silence
    from churn
),

churn_metrics as (
    select
        'party_churn_risk' as model,
        'area under the ROC curve: who buys again within 26 weeks' as metric,
        'higher' as better,
        (sum(rank_by_risk) filter (where came_back) - positives * (positives + 1) / 2)
        / nullif(positives * negatives, 0) as value,
        (sum(rank_by_silence) filter (where came_back) - positives * (positives + 1) / 2)
        / nullif(positives * negatives, 0) as baseline,
        'days since the last order' as baseline_is,
        count(*) as tested_rows
    from churn_ranks
    cross join (
        select
            count(*) filter (where came_back) as positives,
            count(*) filter (where not came_back) as negatives
        from churn
    ) as outcomes
    group by positives, negatives
),

lines as (
    select distinct
        lines.gpid,
        lines.product_id,
        lines.ordered_at > calibration.observed_until as is_after
    from {{ ref('fct_order_lines') }} as lines
    inner join calibration
        on lines.ordered_at <= calibration.observed_until + interval 182 day
    where lines.is_sale and lines.gpid is not null and lines.product_id is not null
),

-- products new to a party that it bought in the weeks predicted
new_products as (
    select
        gpid,
        product_id
    from lines
    group by gpid, product_id
    having bool_and(is_after)
),

tested as (
    select
        gpid,
        count(*) as products
    from new_products
    semi join (select gpid from lines where not is_after) as known using (gpid)
    group by gpid
),

suggested as (
    select
        gpid,
        product_id
    from {{ ref('next_product_candidates') }}
    where period = 'calibration'
),

-- the plain guess: what most parties have bought
popular as (
    select
        tested.gpid,
        products.product_id
    from tested
    cross join (
        select
            product_id,
            count(*) as parties
        from lines
        where not is_after
        group by product_id
        order by parties desc, product_id
        limit 200
    ) as products
    anti join (select gpid, product_id from lines where not is_after) as owned
        on tested.gpid = owned.gpid
        and products.product_id = owned.product_id
    qualify row_number() over (
        partition by tested.gpid order by products.parties desc, products.product_id
    ) <= 3
),

product_metrics as (
    select
        'party_next_product' as model,
        'share of parties of which one of three suggestions was right' as metric,
        'higher' as better,
        avg(cast(suggested_hits > 0 as integer)) as value,
        avg(cast(popular_hits > 0 as integer)) as baseline,
        'the three most bought products that it does not have' as baseline_is,
        count(*) as tested_rows
    from (
        select
            tested.gpid,
            count(suggested.product_id) as suggested_hits,
            count(popular.product_id) as popular_hits
        from tested
        inner join new_products
            on tested.gpid = new_products.gpid
        left join suggested
            on new_products.gpid = suggested.gpid
            and new_products.product_id = suggested.product_id
        left join popular
            on new_products.gpid = popular.gpid
            and new_products.product_id = popular.product_id
        group by tested.gpid
    ) as hits
    having count(*) > 0
),

-- deals that were open then and are closed now
deals as (
    select
        deals.opportunity_key,
        deals.is_won,
        greatest(
            date_diff(
                'day', cast(deals.created_at as date), cast(calibration.observed_until as date)
            ),
            0
        ) as age_days
    from {{ ref('fct_opportunities') }} as deals
    inner join calibration
        on deals.created_at <= calibration.observed_until
        and deals.close_date > cast(calibration.observed_until as date)
    where deals.is_closed
),

rates as (
    select * from {{ ref('opportunity_win_rates') }}
    where period = 'calibration'
),

-- the plain guess: all deals are won as often as all that were closed
guessed_deals as (
    select
        deals.opportunity_key,
        cast(deals.is_won as integer) as won,
        coalesce(
            arg_min(rates.win_rate, rates.age_days),
            (select arg_max(win_rate, age_days) from rates)
        ) as win_rate,
        (select any_value(win_rate_of_all) from rates) as win_rate_of_all
    from deals
    left join rates
        on deals.age_days <= rates.age_days
    group by deals.opportunity_key, deals.is_won
),

deal_metrics as (
    select
        'pipeline_forecast' as model,
        'Brier score: which open deals are won' as metric,
        'lower' as better,
        avg(power(win_rate - won, 2)) as value,
        avg(power(win_rate_of_all - won, 2)) as baseline,
        'the win rate of all closed deals' as baseline_is,
        count(*) as tested_rows
    from guessed_deals
    where win_rate is not null
    having count(*) > 0
),

metrics as (
    select * from purchase_metrics
    union all
    select * from churn_metrics
    union all
    select * from product_metrics
    union all
    select * from deal_metrics
),

final as (
    select
        metrics.model,
        metrics.metric,
        metrics.better,
        round(metrics.value, 4) as value,
        round(metrics.baseline, 4) as baseline,
        metrics.baseline_is,
        case
            when metrics.better = 'lower' then round(metrics.value, 4) < round(metrics.baseline, 4)
            else round(metrics.value, 4) > round(metrics.baseline, 4)
        end as beats_baseline,
        metrics.tested_rows,
        calibration.observed_until as predicted_at
    from metrics
    cross join calibration
)

select * from final
