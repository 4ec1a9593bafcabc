-- One row per lead: when it was answered, handed over, won and taken care of.
with

leads as (
    select
        records.record_key,
        members.gpid,
        records.created_at
    from {{ ref('int_party_records') }} as records
    inner join {{ ref('record_parties') }} as members
        on records.record_key = members.record_key
    where records.source_object = 'lead'
),

conversions as (
    select
        record_key_a as record_key,
        min(declared_at) as converted_at
    from {{ ref('int_declared_links') }}
    where link_type = 'lead_conversion'
    group by record_key_a
),

-- a deal is made with the person, or with the organization where the person works
buyers as (
    select
        gpid,
        account_gpid as buyer_gpid
    from {{ ref('account_members') }}
),

touches as (
    select
        leads.record_key,
        min(activities.occurred_at) as first_touch_at
    from leads
    inner join {{ ref('fct_activities') }} as activities
        on leads.gpid = activities.gpid
        and leads.created_at <= activities.occurred_at
    where activities.activity_type in ('task', 'event')
    group by leads.record_key
),

deals as (
    select
        leads.record_key,
        min(opportunities.created_at) as first_opportunity_at,
        min(opportunities.close_date) filter (opportunities.is_won) as won_on
    from leads
    inner join buyers
        on leads.gpid = buyers.gpid
    inner join {{ ref('fct_opportunities') }} as opportunities
        on buyers.buyer_gpid = opportunities.gpid
        and leads.created_at <= opportunities.created_at
    group by leads.record_key
),

orders as (
    select
        leads.record_key,
        min(sales.ordered_at) as first_ordered_at
    from leads
    inner join {{ ref('fct_orders') }} as sales
        on leads.gpid = sales.gpid
        and leads.created_at <= sales.ordered_at
    where sales.is_sale
    group by leads.record_key
),

-- the first time that somebody speaks with the customer after the deal
onboardings as (
    select
        deals.record_key,
        min(activities.occurred_at) as onboarded_at
    from deals
    inner join leads
        on deals.record_key = leads.record_key
    inner join buyers
        on leads.gpid = buyers.gpid
    inner join {{ ref('fct_activities') }} as activities
        on buyers.buyer_gpid = activities.gpid
        and deals.won_on < activities.occurred_at
    where activities.activity_type in ('task', 'event')
    group by deals.record_key
),

final as (
    select
        leads.record_key,
        leads.gpid,
        leads.created_at,
        touches.first_touch_at,
        conversions.converted_at,
        deals.first_opportunity_at,
        deals.won_on,
        onboardings.onboarded_at,
        orders.first_ordered_at,
        case
            when onboardings.onboarded_at is not null then 'onboarded'
            when deals.won_on is not null then 'won, not onboarded'
            when deals.first_opportunity_at is not null then 'opportunity'
            when conversions.converted_at is not null then 'converted'
            when touches.first_touch_at is not null then 'answered'
            else 'waiting'
        end as stage
    from leads
    left join conversions on leads.record_key = conversions.record_key
    left join touches on leads.record_key = touches.record_key
    left join deals on leads.record_key = deals.record_key
    left join orders on leads.record_key = orders.record_key
    left join onboardings on leads.record_key = onboardings.record_key
)

select * from final
