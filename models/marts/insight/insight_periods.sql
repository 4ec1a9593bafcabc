-- One row per period that scores look back on: all that is known, and what was 26 weeks earlier.
with

present as (
    -- without a fact there is nobody to score, whatever the moment
    select coalesce(as_of, timestamp '2000-01-01') as observed_until
    from {{ ref('int_as_of') }}
),

final as (
    select
        'whole' as period,
        observed_until,
        26 as weeks_ahead
    from present
    union all
    select
        'calibration' as period,
        observed_until - interval 182 day as observed_until,
        26 as weeks_ahead
    from present
)

select * from final
