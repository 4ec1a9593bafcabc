-- One row per open case: what the party buys, is entitled to, and is about to buy.
with

cases as (
    select * from {{ ref('fct_cases') }}
    where not is_closed
),

last_orders as (
    select
        gpid,
        arg_max(order_key, (ordered_at, order_key)) as last_order_key
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid
),

deals as (
    select
        case_key,
        count(distinct opportunity_key) as open_opportunity_count,
        min(close_date) as next_close_date
    from {{ ref('sales_open_cases') }}
    group by case_key
),

entitlements as (
    select
        entitlements.gpid,
        count(*) as active_entitlements,
        max(entitlements.ends_on) as ends_on
    from {{ ref('fct_entitlements') }} as entitlements
    cross join {{ ref('int_as_of') }} as reached
    where
        entitlements.gpid is not null
        and coalesce(entitlements.starts_on <= reached.as_of::date, true)
        and coalesce(entitlements.ends_on >= reached.as_of::date, true)
    group by entitlements.gpid
),

final as (
    select
        cases.case_key,
        cases.gpid,
        cases.case_number,
        cases.priority,
        cases.case_status,
        cases.opened_at,
        coalesce(parties.order_count, 0) as order_count,
        parties.last_ordered_at,
        last_orders.last_order_key,
        parties.revenue,
        coalesce(entitlements.active_entitlements, 0) as active_entitlement_count,
        entitlements.ends_on as entitled_until,
        coalesce(deals.open_opportunity_count, 0) as open_opportunity_count,
        deals.next_close_date,
        coalesce(parties.case_count, 0) as case_count
    from cases
    left join {{ ref('party_360') }} as parties
        on cases.gpid = parties.gpid
    left join entitlements
        on cases.gpid = entitlements.gpid
    left join last_orders
        on cases.gpid = last_orders.gpid
    left join deals
        on cases.case_key = deals.case_key
)

select * from final
