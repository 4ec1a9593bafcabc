-- One row at most: how well win rates told which of the open deals were won.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

-- deals that were open then and are closed now
deals as (
    select
        opportunities.opportunity_key,
        opportunities.is_won,
        greatest(
            date_diff(
                'day',
                cast(opportunities.created_at as date),
                cast(calibration.observed_until as date)
            ),
            0
        ) as age_days
    from {{ ref('fct_opportunities') }} as opportunities
    inner join calibration
        on opportunities.created_at <= calibration.observed_until
        and opportunities.close_date > cast(calibration.observed_until as date)
    where opportunities.is_closed
),

rates as (
    select * from {{ ref('opportunity_win_rates') }}
    where period = 'calibration'
),

last_rate as (
    select
        arg_max(win_rate, age_days) as win_rate,
        any_value(win_rate_of_all) as win_rate_of_all
    from rates
),

-- the plain guess: all deals are won as often as all that were closed
guessed as (
    select
        deals.opportunity_key,
        cast(deals.is_won as integer) as won,
        coalesce(arg_min(rates.win_rate, rates.age_days), any_value(last_rate.win_rate))
            as win_rate,
        any_value(last_rate.win_rate_of_all) as win_rate_of_all
    from deals
    cross join last_rate
    left join rates
        on deals.age_days <= rates.age_days
    group by deals.opportunity_key, deals.is_won
),

-- in one order, because sums of doubles differ in their last bits by it
final as (
    select
        'pipeline_forecast' as model,
        'Brier score: which open deals are won' as metric,
        'lower' as better,
        avg(power(win_rate - won, 2) order by opportunity_key) as value,
        avg(power(win_rate_of_all - won, 2) order by opportunity_key) as baseline,
        'the win rate of all closed deals' as baseline_is,
        count(*) as tested_rows
    from guessed
    where win_rate is not null
    having count(*) > 0
)

select * from final
