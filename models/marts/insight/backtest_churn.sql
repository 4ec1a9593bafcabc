-- One row at most: how well churn risk sorts those who bought again in 26 weeks from the others.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

-- who bought something in the weeks that the prediction was about
buyers as (
    select distinct orders.gpid
    from {{ ref('fct_orders') }} as orders
    inner join calibration
        on orders.ordered_at > calibration.observed_until
        and orders.ordered_at <= calibration.observed_until + interval 182 day
    where orders.is_sale and orders.gpid is not null and orders.total_amount > 0
),

-- the plain guess: who has been silent for longer has left sooner
churn as (
    select
        scores.gpid,
        coalesce(scores.churn_risk, 0.5) as churn_risk,
        scores.days_since_last_order,
        buyers.gpid is not null as came_back
    from {{ ref('churn_scores') }} as scores
    left join buyers
        on scores.gpid = buyers.gpid
    where scores.period = 'calibration'
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

outcomes as (
    select
        count(*) filter (where came_back) as positives,
        count(*) filter (where not came_back) as negatives
    from churn
),

final as (
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
    cross join outcomes
    group by positives, negatives
)

select * from final
