-- One row per live GPID: what one looks at first.
with

parties as (
    select * from {{ ref('dim_party') }}
),

orders as (
    select
        gpid,
        count(*) as order_count,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid
),

revenue_by_currency as (
    select
        gpid,
        currency_code,
        count(*) as orders,
        sum(total_amount)::decimal(18, 2) as amount
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid, currency_code
),

-- amounts of different currencies are never added
revenue as (
    select
        gpid,
        list(
            struct_pack(currency_code := currency_code, amount := amount) order by currency_code
        ) as revenue,
        arg_max(currency_code, (orders, currency_code)) as main_currency_code,
        arg_max(amount, (orders, currency_code)) as main_currency_revenue
    from revenue_by_currency
    group by gpid
),

opportunities as (
    select
        gpid,
        count(*) filter (not is_closed) as open_opportunity_count,
        count(*) filter (is_won) as won_opportunity_count,
        min(close_date) filter (not is_closed) as next_close_date
    from {{ ref('fct_opportunities') }}
    where gpid is not null
    group by gpid
),

cases as (
    select
        gpid,
        count(*) as case_count,
        count(*) filter (not is_closed) as open_case_count,
        max(opened_at) as last_case_opened_at
    from {{ ref('fct_cases') }}
    where gpid is not null
    group by gpid
),

activities as (
    select
        activities.gpid,
        count(*) as activity_count,
        max(activities.occurred_at) as last_activity_at,
        arg_max(activities.channel, activities.occurred_at) as last_channel,
        max(activities.occurred_at) filter (activities.direction = 'inbound') as last_heard_from_at
    from {{ ref('fct_activities') }} as activities
    cross join {{ ref('int_as_of') }} as reached
    where activities.gpid is not null and activities.occurred_at <= reached.as_of
    group by activities.gpid
),

marketing as (
    select
        gpid,
        list(channel order by channel) filter (is_allowed) as marketing_channels
    from {{ ref('party_consent') }}
    where purpose = 'marketing'
    group by gpid
),

suppressed as (
    select distinct gpid
    from {{ ref('party_suppression') }}
    where is_active and stops_contact
),

final as (
    select
        parties.gpid,
        parties.party_type,
        parties.display_name,
        parties.region,
        parties.country_code,
        parties.source_record_count,
        parties.source_system_count,
        parties.first_seen_at,
        parties.last_seen_at,
        coalesce(orders.order_count, 0) as order_count,
        orders.first_ordered_at,
        orders.last_ordered_at,
        revenue.revenue,
        revenue.main_currency_code,
        revenue.main_currency_revenue,
        coalesce(opportunities.open_opportunity_count, 0) as open_opportunity_count,
        coalesce(opportunities.won_opportunity_count, 0) as won_opportunity_count,
        opportunities.next_close_date,
        coalesce(cases.case_count, 0) as case_count,
        coalesce(cases.open_case_count, 0) as open_case_count,
        cases.last_case_opened_at,
        coalesce(activities.activity_count, 0) as activity_count,
        activities.last_activity_at,
        activities.last_channel,
        activities.last_heard_from_at,
        coalesce(marketing.marketing_channels, []) as marketing_channels,
        suppressed.gpid is not null as is_contact_stopped
    from parties
    left join orders on parties.gpid = orders.gpid
    left join revenue on parties.gpid = revenue.gpid
    left join opportunities on parties.gpid = opportunities.gpid
    left join cases on parties.gpid = cases.gpid
    left join activities on parties.gpid = activities.gpid
    left join marketing on parties.gpid = marketing.gpid
    left join suppressed on parties.gpid = suppressed.gpid
)

select * from final
