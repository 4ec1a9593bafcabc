-- One row per party that waits for an answer to a case while a deal with it is open.
with

cases as (
    select
        gpid,
        count(*) as cases,
        min(opened_at) as opened_at
    from {{ ref('fct_cases') }}
    where not is_closed and gpid is not null
    group by gpid
),

opportunities as (
    select
        gpid,
        count(*) as opportunities,
        min(created_at) as created_at
    from {{ ref('fct_opportunities') }}
    where not is_closed and gpid is not null
    group by gpid
),

final as (
    select
        cases.gpid,
        greatest(cases.opened_at, opportunities.created_at) as since,
        null::timestamp as until,
        cases.cases::varchar || ' open case(s), ' || opportunities.opportunities::varchar
        || ' open opportunity(ies)' as reason
    from cases
    inner join opportunities
        on cases.gpid = opportunities.gpid
)

select * from final
