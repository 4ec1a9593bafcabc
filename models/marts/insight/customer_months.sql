-- One row per customer and month in which it was one: who is new, was lost, came back.
with

cases as (
    select * from {{ ref('fct_cases') }}
),

reached as (
    select * from {{ ref('int_as_of') }}
),

-- what a clock that is ahead has written does not count
sales as (
    select
        orders.gpid,
        orders.ordered_at,
        count(*) as order_count
    from {{ ref('fct_orders') }} as orders
    cross join reached
    where orders.is_sale and orders.gpid is not null and orders.ordered_at <= reached.as_of
    group by orders.gpid, orders.ordered_at
),

compared as (
    select
        gpid,
        ordered_at,
        coalesce(
            ordered_at > lag(ordered_at) over (partition by gpid order by ordered_at)
            + interval ({{ var('customer_lost_after_days') }}) day,
            true
        ) as is_first_of_stretch
    from sales
),

-- a sale to somebody who was lost begins another stretch
counted as (
    select
        gpid,
        ordered_at,
        count(*) filter (where is_first_of_stretch) over (
            partition by gpid order by ordered_at
        ) as stretch_number
    from compared
),

stretches as (
    select
        gpid,
        stretch_number,
        min(ordered_at) as began_at,
        max(ordered_at) + interval ({{ var('customer_lost_after_days') }}) day as ends_at
    from counted
    group by gpid, stretch_number
),

stretch_months as (
    select
        stretches.gpid,
        stretches.stretch_number,
        stretches.began_at,
        stretches.ends_at,
        reached.as_of,
        unnest(generate_series(
            date_trunc('month', stretches.began_at),
            least(stretches.ends_at, reached.as_of),
            interval 1 month
        )) as month_start
    from stretches
    cross join reached
),

-- whoever is lost and comes back within a month has two stretches in it
months as (
    select
        gpid,
        month_start,
        bool_or(began_at < month_start) as is_customer_at_start,
        bool_or(stretch_number = 1 and began_at >= month_start) as is_new,
        bool_or(stretch_number > 1 and began_at >= month_start) as is_won_back,
        bool_or(
            ends_at < month_start + interval 1 month and ends_at <= as_of
        ) as is_lost
    from stretch_months
    group by gpid, month_start
),

sales_of_months as (
    select
        gpid,
        date_trunc('month', ordered_at) as month_start,
        sum(order_count) as order_count
    from sales
    group by gpid, month_start
),

cases_of_months as (
    select
        gpid,
        date_trunc('month', opened_at) as month_start,
        count(*) as case_count
    from cases
    where gpid is not null
    group by gpid, month_start
),

final as (
    select
        months.gpid,
        cast(months.month_start as date) as month_start,
        months.is_customer_at_start,
        months.is_new,
        months.is_won_back,
        months.is_lost,
        cast(coalesce(sales_of_months.order_count, 0) as bigint) as order_count,
        coalesce(cases_of_months.case_count, 0) as case_count
    from months
    left join sales_of_months
        on months.gpid = sales_of_months.gpid and months.month_start = sales_of_months.month_start
    left join cases_of_months
        on months.gpid = cases_of_months.gpid and months.month_start = cases_of_months.month_start
)

select * from final
