-- One row per customer among the best fifth by spend who is overdue by the rhythm of all gaps.
with

final as (
    select
        scores.gpid,
        churn.last_ordered_on + churn.gaps_until_overdue * churn.expected_gap_days * interval 1 day
            as since,
        null::timestamp as until,
        'group ' || scores.rfm_group || ', silent for ' || churn.days_since_last_order::varchar
        || ' days, ' || round(churn.gaps_since_last_order, 1)::varchar || ' gaps' as reason
    from {{ ref('party_rfm') }} as scores
    inner join {{ ref('party_churn_risk') }} as churn
        on scores.gpid = churn.gpid
    where scores.spend_score = 5 and churn.is_overdue
)

select * from final
