-- One row: the moment that the facts have reached.
with

-- what is planned for later, and what a clock that is ahead has written, does not count
moments as (
    select ordered_at as happened_at
    from {{ ref('int_orders') }}
    union all
    select opened_at
    from {{ ref('int_cases') }}
    union all
    select created_at
    from {{ ref('int_opportunities') }}
    union all
    select occurred_at
    from {{ ref('int_activities') }}
    where activity_type not in ('task', 'event')
),

final as (
    select max(happened_at) as as_of
    from moments
    where happened_at <= {{ build_moment() }}
)

select * from final
