-- Day follows day from 2000 to the end of next year, and each is in its week, month and quarter.
with

days as (
    select
        *,
        lead(date_day) over (order by date_day) as following_day
    from {{ ref('dim_date') }}
)

select * from days
where
    coalesce(
        following_day != date_day + 1,
        date_day != make_date(cast(year({{ build_moment() }}) + 1 as bigint), 12, 31)
    )
    or date_day - week_start != day_of_week - 1
    or dayname(week_start) != 'Monday'
    or strftime(date_day, '%Y-%m') != strftime(month_start, '%Y-%m')
    or not date_day - quarter_start between 0 and 91
    or is_weekend != (dayname(date_day) in ('Saturday', 'Sunday'))
