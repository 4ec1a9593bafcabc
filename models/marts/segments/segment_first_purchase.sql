-- One row per party that bought for the first time within the last 90 days.
with

sales as (
    select
        gpid,
        count(*) as sales,
        min(ordered_at) as ordered_at
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid
),

final as (
    select
        sales.gpid,
        sales.ordered_at as since,
        sales.ordered_at + interval 90 day as until,
        sales.sales::varchar || ' order(s) since the first' as reason
    from sales
    cross join {{ ref('int_as_of') }} as reached
    where sales.ordered_at between reached.as_of - interval 90 day and reached.as_of
)

select * from final
