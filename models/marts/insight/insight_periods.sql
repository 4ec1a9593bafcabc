-- One row per period that scores look back on: all that is known, and what was known 26 weeks before.
with

-- the moments of what customers did: meetings and tasks may be planned ahead
moments as (
    select ordered_at as happened_at
    from {{ ref('fct_orders') }}
    where is_sale
    union all
    select opened_at
    from {{ ref('fct_cases') }}
    union all
    select occurred_at
    from {{ ref('fct_activities') }}
    where activity_type not in ('task', 'event')
),

-- a clock that runs ahead in a source is not taken for the present
present as (
    select coalesce(max(happened_at), {{ build_moment() }}) as observed_until
    from moments
    where happened_at <= {{ build_moment() }}
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
