-- One row per calendar day, from 2000 to the end of the year after the build.
with

days as (
    select unnest(generate_series(
        cast('2000-01-01' as timestamp),
        date_trunc('year', {{ build_moment() }}) + interval 2 year - interval 1 day,
        interval 1 day
    )) as moment
),

starts as (
    select
        cast(moment as date) as date_day,
        cast(date_trunc('week', moment) as date) as week_start,
        cast(date_trunc('month', moment) as date) as month_start,
        cast(date_trunc('quarter', moment) as date) as quarter_start,
        cast(date_trunc('year', moment) as date) as year_start
    from days
),

final as (
    select
        *,
        cast(date_day - week_start + 1 as integer) as day_of_week,
        date_day - week_start + 1 > 5 as is_weekend
    from starts
)

select * from final
