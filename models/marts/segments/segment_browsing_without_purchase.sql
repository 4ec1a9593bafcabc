-- One row per party that came to the website twice within the last 30 days and bought nothing.
with

visits as (
    select
        activities.gpid,
        count(*) as visits,
        min(activities.occurred_at) as first_visit_at,
        max(activities.occurred_at) as last_visit_at
    from {{ ref('fct_activities') }} as activities
    cross join {{ ref('int_as_of') }} as reached
    where
        activities.activity_type = 'web_session'
        and activities.gpid is not null
        and activities.occurred_at between reached.as_of - interval 30 day and reached.as_of
    group by activities.gpid
    having count(*) >= 2
),

final as (
    select
        visits.gpid,
        visits.first_visit_at as since,
        visits.last_visit_at + interval 30 day as until,
        visits.visits::varchar || ' visits without an order' as reason
    from visits
    anti join {{ ref('fct_orders') }} as orders
        on visits.gpid = orders.gpid
        and orders.is_sale
        and visits.first_visit_at <= orders.ordered_at
)

select * from final
