-- Every open opportunity is in the forecast once, and none counts for more than it is worth. One
-- row per opportunity that is missing, closed or worth more.
with

forecast as (
    select * from {{ ref('pipeline_forecast') }}
),

open_deals as (
    select * from {{ ref('fct_opportunities') }}
    where not coalesce(is_closed, false)
)

select
    coalesce(forecast.opportunity_key, open_deals.opportunity_key) as opportunity_key,
    forecast.forecast_amount,
    open_deals.amount
from forecast
full join open_deals
    on forecast.opportunity_key = open_deals.opportunity_key
where
    forecast.opportunity_key is null
    or open_deals.opportunity_key is null
    or abs(forecast.forecast_amount) > abs(open_deals.amount)
    or (forecast.unlikely_because is not null and forecast.forecast_amount != 0)
