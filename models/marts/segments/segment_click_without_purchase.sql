-- One row per party that clicked in a mailing within the last 90 days and has not bought since.
with

clicks as (
    select
        activities.gpid,
        max(activities.occurred_at) as clicked_at,
        arg_max(activities.campaign, activities.occurred_at) as campaign
    from {{ ref('fct_activities') }} as activities
    cross join {{ ref('int_as_of') }} as reached
    where
        activities.activity_type = 'email_click'
        and activities.gpid is not null
        and activities.occurred_at between reached.as_of - interval 90 day and reached.as_of
    group by activities.gpid
),

final as (
    select
        clicks.gpid,
        clicks.clicked_at as since,
        clicks.clicked_at + interval 90 day as until,
        'clicked in ' || coalesce(clicks.campaign, 'a mailing') as reason
    from clicks
    anti join {{ ref('fct_orders') }} as orders
        on clicks.gpid = orders.gpid
        and orders.is_sale
        and clicks.clicked_at <= orders.ordered_at
)

select * from final
