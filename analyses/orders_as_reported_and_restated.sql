-- One row per party and currency whose orders a report shows otherwise now than as of its commit.
with

-- the report's commit: it stands in build_info of the publication that the report was made from
report as (
    select
        commit_number,
        max(committed_at) as committed_at
    from {{ ref('gpid_history') }}
    where commit_number = 1
    group by commit_number
),

-- orders that the report can have known
sales as (
    select fct_orders.*
    from {{ ref('fct_orders') }} as fct_orders
    cross join report
    where fct_orders.is_sale and fct_orders.ordered_at <= report.committed_at
),

bridge as (
    select * from {{ ref('bridge_party_source') }}
),

bridge_then as (
    select bridge.*
    from bridge
    cross join report
    where
        bridge.valid_from_commit <= report.commit_number
        and (bridge.valid_to_commit > report.commit_number or bridge.valid_to_commit is null)
),

reported as (
    select
        bridge_then.gpid,
        sales.currency_code,
        count(*) as order_count,
        sum(sales.total_amount) as total_amount
    from sales
    inner join bridge_then on sales.record_key = bridge_then.record_key
    group by bridge_then.gpid, sales.currency_code
),

restated as (
    select
        bridge.gpid,
        sales.currency_code,
        count(*) as order_count,
        sum(sales.total_amount) as total_amount
    from sales
    inner join bridge on sales.record_key = bridge.record_key
    where bridge.is_current
    group by bridge.gpid, sales.currency_code
),

final as (
    select
        coalesce(reported.gpid, restated.gpid) as gpid,
        redirects.live_gpid,
        coalesce(reported.currency_code, restated.currency_code) as currency_code,
        coalesce(reported.order_count, 0) as reported_order_count,
        coalesce(restated.order_count, 0) as restated_order_count,
        coalesce(reported.total_amount, 0) as reported_amount,
        coalesce(restated.total_amount, 0) as restated_amount
    from reported
    full outer join restated
        on reported.gpid = restated.gpid
        and reported.currency_code is not distinct from restated.currency_code
    left join {{ ref('gpid_redirect') }} as redirects
        on coalesce(reported.gpid, restated.gpid) = redirects.retired_gpid
    where
        reported.order_count is distinct from restated.order_count
        or reported.total_amount is distinct from restated.total_amount
)

select * from final
order by abs(restated_amount - reported_amount) desc, gpid, currency_code
