-- All campaigns together have as much of a currency's won deals as their shares of them add up to:
-- no deal is counted twice. Each row may be rounded by half a cent.
with

of_campaigns as (
    select
        currency_code,
        count(*) as campaigns,
        sum(revenue_amount) as revenue
    from {{ ref('campaign_funnel') }}
    where currency_code is not null
    group by currency_code
),

shares as (
    select
        opportunity_key,
        sum(influence_share) as share
    from {{ ref('fct_campaign_influences') }}
    group by opportunity_key
),

of_deals as (
    select
        deals.currency_code,
        sum(deals.amount * shares.share) as revenue,
        sum(deals.amount) as whole_revenue
    from shares
    inner join {{ ref('fct_opportunities') }} as deals
        on shares.opportunity_key = deals.opportunity_key
    where deals.is_won
    group by deals.currency_code
)

select
    of_deals.currency_code,
    of_campaigns.revenue,
    of_deals.revenue as expected_revenue
from of_deals
left join of_campaigns
    on of_deals.currency_code = of_campaigns.currency_code
where
    of_campaigns.revenue is null
    or abs(of_campaigns.revenue - of_deals.revenue) > 0.005 * of_campaigns.campaigns
    or of_campaigns.revenue > of_deals.whole_revenue + 0.005 * of_campaigns.campaigns
