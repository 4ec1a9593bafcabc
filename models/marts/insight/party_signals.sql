-- One row per party and signal: what the scores say of it that somebody could act on.
with

periods as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

-- filled in the last month, and nothing bought since
baskets as (
    select
        activities.gpid,
        max(activities.occurred_at) as last_basket_at
    from {{ ref('fct_activities') }} as activities
    cross join periods
    where
        activities.activity_type = 'basket'
        and activities.gpid is not null
        and activities.occurred_at > periods.observed_until - interval 30 day
        and activities.occurred_at <= periods.observed_until
    group by activities.gpid
),

sales as (
    select
        gpid,
        max(ordered_at) as last_ordered_at
    from {{ ref('fct_orders') }}
    where is_sale
    group by gpid
),

final as (
    select
        gpid,
        'churn risk' as signal,
        churn_risk as strength,
        concat('last order ', days_since_last_order, ' days ago') as detail
    from {{ ref('party_churn_risk') }}
    where churn_risk is not null
    union all
    select
        gpid,
        'overdue' as signal,
        round(gaps_since_last_order / gaps_until_overdue, 3) as strength,
        concat(
            'silent for ', days_since_last_order, ' days, usually orders every ',
            cast(round(expected_gap_days) as bigint)
        ) as detail
    from {{ ref('party_churn_risk') }}
    where is_overdue and purchase_count > 1
    union all
    select
        gpid,
        rfm_group as signal,
        cast(spend_score as double) as strength,
        concat('recency, frequency and spend ', rfm_score) as detail
    from {{ ref('party_rfm') }}
    union all
    select
        gpid,
        'open case' as signal,
        cast(count(*) as double) as strength,
        concat('open for ', max(date_diff('day', cases.opened_at, periods.observed_until)), ' days')
            as detail
    from {{ ref('fct_cases') }} as cases
    cross join periods
    where not cases.is_closed and cases.gpid is not null
    group by gpid
    union all
    select
        gpid,
        'negative text' as signal,
        cast(count(*) as double) as strength,
        concat('the last one ', cast(max(texts.written_at) as date)) as detail
    from {{ ref('text_sentiment') }} as texts
    cross join periods
    where
        texts.sentiment = 'negative'
        and texts.gpid is not null
        and texts.written_at > periods.observed_until - interval 90 day
    group by gpid
    union all
    select
        baskets.gpid,
        'abandoned basket' as signal,
        cast(1 as double) as strength,
        concat('filled ', cast(baskets.last_basket_at as date)) as detail
    from baskets
    left join sales
        on baskets.gpid = sales.gpid
    where sales.last_ordered_at is null or sales.last_ordered_at < baskets.last_basket_at
    union all
    select
        gpid,
        'next product' as signal,
        lift as strength,
        concat(product_name, ', bought with ', because_of_product_name) as detail
    from {{ ref('party_next_product') }}
    where product_rank = 1
    union all
    select
        gpid,
        'lookalike' as signal,
        1 / (1 + distance) as strength,
        concat('like one in ', array_to_string(alike_in, ', ')) as detail
    from {{ ref('party_lookalike') }}
    where lookalike_rank <= 100
    union all
    select
        gpid,
        'unlikely deal' as signal,
        cast(count(*) as double) as strength,
        any_value(unlikely_because order by opportunity_key) as detail
    from {{ ref('pipeline_forecast') }}
    where not is_likely and gpid is not null
    group by gpid
    union all
    select
        gpid,
        'likely deal' as signal,
        cast(count(*) as double) as strength,
        concat('to close ', min(close_date)) as detail
    from {{ ref('pipeline_forecast') }}
    where is_likely and gpid is not null
    group by gpid
    union all
    select
        gpid,
        'unusual transaction' as signal,
        round(max(abs(modified_z_score)), 3) as strength,
        concat('the last one ', cast(max(transactions.ordered_at) as date)) as detail
    from {{ ref('unusual_transactions') }} as transactions
    cross join periods
    where gpid is not null and transactions.ordered_at > periods.observed_until - interval 90 day
    group by gpid
    union all
    select
        gpid,
        'tired of messages' as signal,
        1 - chance_of_silence as strength,
        concat(unanswered_in_a_row, ' messages without an answer') as detail
    from {{ ref('party_contact_fatigue') }}
    where fatigue in ('stopped listening', 'never listened')
)

select * from final
