-- Customers at the start of a month are those of the month before, less the lost, with new ones.
with

months as (
    select
        month_start,
        count(*) filter (where is_customer_at_start) as at_start,
        count(*) filter (where is_new) as came,
        count(*) filter (where is_won_back) as came_back,
        count(*) filter (where is_lost) as went
    from {{ ref('customer_months') }}
    group by month_start
),

compared as (
    select
        *,
        lag(at_start + came + came_back - went) over (order by month_start) as expected
    from months
)

select * from compared
where at_start != coalesce(expected, 0)
