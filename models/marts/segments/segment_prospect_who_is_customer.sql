-- One row per party that sales works on as a lead and that already bought in a shop.
with

leads as (
    select
        members.gpid,
        min(records.created_at) as created_at
    from {{ ref('record_parties') }} as members
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    where members.source_object = 'lead'
    group by members.gpid
),

-- who was converted is no prospect any more
prospects as (
    select leads.*
    from leads
    anti join {{ ref('record_parties') }} as members
        on leads.gpid = members.gpid
        and members.source_system = 'sales_cloud'
        and members.source_object <> 'lead'
),

final as (
    select
        prospects.gpid,
        greatest(prospects.created_at, parties.first_ordered_at) as since,
        null::timestamp as until,
        'a lead with ' || parties.order_count::varchar || ' order(s) since '
        || parties.first_ordered_at::date::varchar as reason
    from prospects
    inner join {{ ref('party_360') }} as parties
        on prospects.gpid = parties.gpid
    where parties.order_count > 0
)

select * from final
