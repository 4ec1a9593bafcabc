-- One row per party that a deal was won with 14 to 90 days ago and that nobody called on since.
with

won as (
    select
        opportunities.gpid,
        max(opportunities.close_date) as won_on
    from {{ ref('fct_opportunities') }} as opportunities
    cross join {{ ref('int_as_of') }} as reached
    where
        opportunities.is_won
        and opportunities.gpid is not null
        and opportunities.close_date between
        reached.as_of::date - interval 90 day and reached.as_of::date - interval 14 day
    group by opportunities.gpid
),

final as (
    select
        won.gpid,
        won.won_on + interval 14 day as since,
        null::timestamp as until,
        'won on ' || won.won_on::varchar || ', no call, mail or meeting since' as reason
    from won
    anti join {{ ref('fct_activities') }} as activities
        on won.gpid = activities.gpid
        and activities.activity_type in ('task', 'event')
        and won.won_on <= activities.occurred_at
)

select * from final
