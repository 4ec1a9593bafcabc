-- One row per party with an open opportunity whose close date is within 30 days.
with

deals as (
    select
        opportunities.gpid,
        min(opportunities.close_date) as close_date,
        min(opportunities.created_at) as created_at,
        max(opportunities.close_date) as last_close_date,
        count(*) as deals
    from {{ ref('fct_opportunities') }} as opportunities
    cross join {{ ref('int_as_of') }} as reached
    where
        not opportunities.is_closed
        and opportunities.gpid is not null
        and opportunities.close_date between
        reached.as_of::date and reached.as_of::date + interval 30 day
    group by opportunities.gpid
),

final as (
    select
        gpid,
        greatest(close_date - interval 30 day, created_at) as since,
        (last_close_date + interval 1 day)::timestamp as until,
        deals::varchar || ' open opportunity(ies), the next closes ' || close_date::varchar
            as reason
    from deals
)

select * from final
