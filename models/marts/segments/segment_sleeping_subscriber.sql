-- One row per party that opened none of the last five mailings or more.
with

mailings as (
    select
        gpid,
        max(occurred_at) filter (activity_type in ('email_open', 'email_click')) as last_opened_at
    from {{ ref('fct_activities') }}
    where gpid is not null
    group by gpid
),

-- the mailings since the last one that was opened
unopened as (
    select
        sends.gpid,
        count(*) as unopened,
        list_sort(list(sends.occurred_at))[5] as fifth_at
    from {{ ref('fct_activities') }} as sends
    inner join mailings
        on sends.gpid = mailings.gpid
        and sends.occurred_at > coalesce(mailings.last_opened_at, '-infinity'::timestamp)
    where sends.activity_type = 'email_send'
    group by sends.gpid
    having count(*) >= 5
),

final as (
    select
        gpid,
        fifth_at as since,
        null::timestamp as until,
        unopened::varchar || ' mailings unopened' as reason
    from unopened
)

select * from final
