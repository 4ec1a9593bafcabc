-- One row per open opportunity: how likely it is won, and what of it a forecast should count.
with

periods as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

rates as (
    select * from {{ ref('opportunity_win_rates') }}
    where period = 'whole'
),

open_deals as (
    select
        deals.opportunity_key,
        deals.gpid,
        deals.stage,
        deals.amount,
        deals.currency_code,
        deals.created_at,
        deals.close_date,
        greatest(
            date_diff('day', cast(deals.created_at as date), cast(periods.observed_until as date)),
            0
        ) as age_days,
        periods.observed_until as as_of
    from {{ ref('fct_opportunities') }} as deals
    cross join periods
    where not coalesce(deals.is_closed, false)
),

oldest as (
    select max(age_days) as age_days from rates
),

ages as (
    select distinct age_days from open_deals
),

-- the rate of the next age at which a deal was closed; a deal older than all of them has the last
rated as (
    select
        ages.age_days,
        coalesce(min(rates.age_days), any_value(oldest.age_days)) as rate_age_days
    from ages
    cross join oldest
    left join rates
        on ages.age_days <= rates.age_days
    group by ages.age_days
),

judged as (
    select
        open_deals.*,
        rates.deals_closed_later,
        rates.deals_won_later,
        rates.win_rate,
        case
            when open_deals.close_date < cast(open_deals.as_of as date)
                then 'its close date has passed'
            when rates.share_won_by_then > 0.95
                then 'older than 19 of 20 deals were when they were won'
            when rates.win_rate < 0.2
                then 'of deals that were open for so long fewer than one in five was won'
        end as unlikely_because
    from open_deals
    left join rated
        on open_deals.age_days = rated.age_days
    left join rates
        on rated.rate_age_days = rates.age_days
),

final as (
    select
        opportunity_key,
        gpid,
        stage,
        amount,
        currency_code,
        created_at,
        close_date,
        age_days,
        deals_closed_later,
        deals_won_later,
        win_rate,
        unlikely_because is null as is_likely,
        unlikely_because,
        case
            when unlikely_because is null then cast(amount * win_rate as decimal(18, 2))
            else cast(0 as decimal(18, 2))
        end as forecast_amount,
        as_of
    from judged
)

select * from final
