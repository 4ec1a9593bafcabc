-- One row per party that sales works on as a lead and that already bought in a shop.
with

leads as (
    select
        bridge.gpid,
        min(records.created_at) as created_at
    from {{ ref('bridge_party_source') }} as bridge
    inner join {{ ref('int_party_records') }} as records
        on bridge.record_key = records.record_key
    where bridge.is_current and bridge.source_object = 'lead'
    group by bridge.gpid
),

-- who was converted is no prospect any more
prospects as (
    select leads.*
    from leads
    anti join {{ ref('bridge_party_source') }} as bridge
        on leads.gpid = bridge.gpid
        and bridge.is_current
        and bridge.source_system = 'sales_cloud'
        and bridge.source_object <> 'lead'
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
