-- One row per suppression and party that it reaches.
with

reached as (
    select * from {{ ref('suppressed_records') }}
),

final as (
    select distinct
        members.gpid,
        reached.suppression_id,
        reached.kind,
        reached.channel,
        reached.stops_contact,
        reached.blocks_erasure,
        reached.is_active,
        reached.starts_at,
        reached.ends_at,
        reached.decided_by,
        reached.reason
    from reached
    inner join {{ ref('bridge_party_source') }} as members
        on reached.record_key = members.record_key
        and members.is_current
)

select * from final
