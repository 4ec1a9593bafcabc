-- One row per party that bought within the last 60 days after a year without.
with

sales as (
    select
        gpid,
        ordered_at,
        lag(ordered_at) over (partition by gpid order by ordered_at, order_key) as before
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

final as (
    select
        sales.gpid,
        max(sales.ordered_at) as since,
        max(sales.ordered_at) + interval 60 day as until,
        'had not ordered since ' || arg_max(sales.before, sales.ordered_at)::date::varchar as reason
    from sales
    cross join {{ ref('int_as_of') }} as reached
    where
        sales.ordered_at between reached.as_of - interval 60 day and reached.as_of
        and sales.before < sales.ordered_at - interval 365 day
    group by sales.gpid
)

select * from final
