-- One row per party that bought something: recency, frequency and spend, each as a score of 1 to 5.
with

history as (
    select * from {{ ref('purchase_history') }}
    where period = 'whole'
),

-- what one order usually is worth, so that spend in several currencies can be added
typical as (
    select
        currency_code,
        median(total_amount) as typical_amount
    from {{ ref('fct_orders') }}
    where is_sale and total_amount > 0
    group by currency_code
),

parties as (
    select
        history.gpid,
        max(history.last_ordered_at) as last_ordered_at,
        date_diff(
            'day', cast(max(history.last_ordered_at) as date),
            cast(any_value(history.observed_until) as date)
        ) as days_since_last_order,
        cast(sum(history.order_count) as bigint) as order_count,
        sum(cast(history.total_amount / typical.typical_amount as decimal(18, 6)))
            as relative_spend,
        any_value(history.observed_until) as as_of
    from history
    inner join typical
        on history.currency_code = typical.currency_code
    group by history.gpid
),

-- equal values get equal scores, the lowest ones 1
scored as (
    select
        *,
        cast(
            1 + least(4, floor(5 * percent_rank() over (order by days_since_last_order desc)))
            as integer
        ) as recency_score,
        cast(
            1 + least(4, floor(5 * percent_rank() over (order by order_count)))
            as integer
        ) as frequency_score,
        cast(
            1 + least(4, floor(5 * percent_rank() over (order by relative_spend)))
            as integer
        ) as spend_score
    from parties
),

final as (
    select
        gpid,
        last_ordered_at,
        days_since_last_order,
        order_count,
        relative_spend,
        recency_score,
        frequency_score,
        spend_score,
        concat(recency_score, frequency_score, spend_score) as rfm_score,
        case
            when recency_score >= 4 and frequency_score >= 4 then 'champion'
            when recency_score <= 2 and frequency_score >= 4 and spend_score >= 4 then 'lapsed best'
            when recency_score >= 3 and frequency_score >= 3 then 'loyal'
            when recency_score <= 2 and frequency_score >= 3 then 'at risk'
            when recency_score >= 4 then 'recent'
            when recency_score = 3 then 'cooling'
            else 'dormant'
        end as rfm_group,
        as_of
    from scored
)

select * from final
