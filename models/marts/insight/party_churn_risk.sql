-- One row per party that bought something: how likely it has left, by its own rhythm.
with

final as (
    select
        gpid,
        purchase_count,
        last_ordered_on,
        days_since_last_order,
        own_gap_days,
        expected_gap_days,
        gaps_since_last_order,
        gaps_until_overdue,
        is_overdue,
        probability_alive,
        churn_risk,
        as_of
    from {{ ref('churn_scores') }}
    where period = 'whole'
)

select * from final
