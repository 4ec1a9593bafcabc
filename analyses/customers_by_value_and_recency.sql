-- One row per currency, quarter of revenue and recency: the customers of a segmentation by hand.
with

parties as (
    select * from {{ ref('party_360') }}
    where order_count > 0
),

-- 1 is the best quarter of those who buy in a currency
ranked as (
    select
        parties.gpid,
        parties.main_currency_code,
        parties.main_currency_revenue,
        parties.last_ordered_at,
        ntile(4) over (
            partition by parties.main_currency_code
            order by parties.main_currency_revenue desc, parties.gpid
        ) as revenue_quarter,
        case
            when parties.last_ordered_at > reached.as_of - interval 90 day then '1: 90 days'
            when parties.last_ordered_at > reached.as_of - interval 365 day then '2: a year'
            else '3: longer'
        end as last_order_within
    from parties
    cross join {{ ref('int_as_of') }} as reached
),

final as (
    select
        main_currency_code,
        revenue_quarter,
        last_order_within,
        count(*) as customers,
        sum(main_currency_revenue) as revenue,
        round(sum(main_currency_revenue) / sum(sum(main_currency_revenue)) over (
            partition by main_currency_code
        ), 3) as share_of_revenue
    from ranked
    group by main_currency_code, revenue_quarter, last_order_within
)

select * from final
order by main_currency_code, revenue_quarter, last_order_within
