-- One row per party and currency: what it has spent, and what it is expected to spend.
with

history as (
    select * from {{ ref('purchase_history') }}
    where period = 'whole'
),

scores as (
    select * from {{ ref('purchase_scores') }}
    where period = 'whole'
),

final as (
    select
        history.gpid,
        history.currency_code,
        history.order_count,
        history.total_amount as historic_value,
        history.first_ordered_on,
        history.last_ordered_on,
        history.repeat_purchases,
        history.weeks_to_last_purchase,
        history.weeks_observed,
        history.mean_repeat_amount,
        scores.probability_alive,
        scores.expected_purchases_52_weeks,
        scores.expected_purchase_amount,
        round(scores.expected_purchases_52_weeks * scores.expected_purchase_amount, 2)
            as expected_value_52_weeks,
        history.observed_until as as_of
    from history
    inner join scores
        on history.gpid = scores.gpid
        and history.currency_code = scores.currency_code
)

select * from final
