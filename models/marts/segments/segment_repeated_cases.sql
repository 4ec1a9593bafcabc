-- One row per party that opened three cases or more within the last 180 days.
with

cases as (
    select
        cases.gpid,
        count(*) as cases,
        list_sort(list(cases.opened_at))[3] as third_at,
        list_reverse_sort(list(cases.opened_at))[3] + interval 180 day as until
    from {{ ref('fct_cases') }} as cases
    cross join {{ ref('int_as_of') }} as reached
    where
        cases.gpid is not null
        and cases.opened_at between reached.as_of - interval 180 day and reached.as_of
    group by cases.gpid
    having count(*) >= 3
),

final as (
    select
        gpid,
        third_at as since,
        until,
        cases::varchar || ' cases in half a year' as reason
    from cases
)

select * from final
