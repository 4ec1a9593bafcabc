-- One row per party that became a lead within the last 90 days and that nobody answered.
with

leads as (
    select
        members.gpid,
        min(records.created_at) as created_at
    from {{ ref('record_parties') }} as members
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    cross join {{ ref('int_as_of') }} as reached
    where
        members.source_object = 'lead'
        and records.created_at between reached.as_of - interval 90 day and reached.as_of
    group by members.gpid
),

final as (
    select
        leads.gpid,
        leads.created_at as since,
        null::timestamp as until,
        'a lead since ' || leads.created_at::date::varchar || ' without a call, mail or meeting'
            as reason
    from leads
    anti join {{ ref('fct_activities') }} as activities
        on leads.gpid = activities.gpid
        and activities.activity_type in ('task', 'event')
        and leads.created_at <= activities.occurred_at
)

select * from final
