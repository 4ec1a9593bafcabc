-- One row per prediction and metric: what it said 26 weeks ago, what came, and a plain guess.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

metrics as (
    select * from {{ ref('backtest_purchases') }}
    union all
    select * from {{ ref('backtest_churn') }}
    union all
    select * from {{ ref('backtest_products') }}
    union all
    select * from {{ ref('backtest_deals') }}
    union all
    select * from {{ ref('backtest_appointments') }}
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
