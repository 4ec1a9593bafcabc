-- One row per period and age of a deal: how many that were still open at that age were won.
with

closed as (
    select
        periods.period,
        greatest(date_diff('day', cast(deals.created_at as date), deals.close_date), 0)
            as age_days,
        deals.is_won
    from {{ ref('fct_opportunities') }} as deals
    inner join {{ ref('insight_periods') }} as periods
        on deals.close_date <= cast(periods.observed_until as date)
    where deals.is_closed and deals.created_at is not null
),

ages as (
    select
        period,
        age_days,
        count(*) as closed_deals,
        count(*) filter (where is_won) as won_deals
    from closed
    group by period, age_days
),

counted as (
    select
        period,
        age_days,
        sum(closed_deals) over (partition by period order by age_days desc) as deals_closed_later,
        sum(won_deals) over (partition by period order by age_days desc) as deals_won_later,
        sum(won_deals) over (partition by period) / sum(closed_deals) over (partition by period)
            as win_rate_of_all,
        1 - (
            sum(won_deals) over (partition by period order by age_days desc) - won_deals
        ) / nullif(sum(won_deals) over (partition by period), 0) as share_won_by_then
    from ages
),

-- where few lasted so long the rate of all weighs as much as ten deals
final as (
    select
        period,
        age_days,
        cast(deals_closed_later as bigint) as deals_closed_later,
        cast(deals_won_later as bigint) as deals_won_later,
        win_rate_of_all,
        (deals_won_later + 10 * win_rate_of_all) / (deals_closed_later + 10) as win_rate,
        share_won_by_then
    from counted
)

select * from final
