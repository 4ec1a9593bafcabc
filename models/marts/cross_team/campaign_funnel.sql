-- One row per campaign and currency: from its members to leads, deals and revenue.
with

members as (
    select
        campaign_key,
        max(campaign_name) as campaign_name,
        max(campaign_type) as campaign_type,
        min(campaign_starts_on) as starts_on,
        count(*) as member_count,
        count(distinct gpid) as party_count,
        count(*) filter (has_responded) as responded_count,
        count(*) filter (came_as_lead) as lead_count
    from {{ ref('fct_campaign_members') }}
    group by campaign_key
),

-- what a campaign has part in by its share: shares of a deal add up to one, so nothing counts twice
deals as (
    select
        influences.campaign_key,
        max(influences.campaign_name) as campaign_name,
        opportunities.currency_code,
        count(*) as opportunities,
        count(*) filter (opportunities.is_won) as won,
        sum(opportunities.amount * influences.influence_share)
        filter (not opportunities.is_closed) as pipeline,
        sum(opportunities.amount * influences.influence_share)
        filter (opportunities.is_won) as revenue
    from {{ ref('fct_campaign_influences') }} as influences
    inner join {{ ref('fct_opportunities') }} as opportunities
        on influences.opportunity_key = opportunities.opportunity_key
    group by influences.campaign_key, opportunities.currency_code
),

final as (
    select
        coalesce(members.campaign_key, deals.campaign_key) as campaign_key,
        coalesce(members.campaign_name, deals.campaign_name) as campaign_name,
        members.campaign_type,
        members.starts_on,
        coalesce(members.member_count, 0) as member_count,
        coalesce(members.party_count, 0) as party_count,
        coalesce(members.responded_count, 0) as responded_count,
        coalesce(members.lead_count, 0) as lead_count,
        deals.currency_code,
        coalesce(deals.opportunities, 0) as opportunity_count,
        coalesce(deals.won, 0) as won_count,
        coalesce(deals.pipeline, 0)::decimal(18, 2) as pipeline_amount,
        coalesce(deals.revenue, 0)::decimal(18, 2) as revenue_amount
    from members
    full join deals
        on members.campaign_key = deals.campaign_key
)

select * from final
