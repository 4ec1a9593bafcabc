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
    inner join {{ ref('record_parties') }} as members
        on reached.record_key = members.record_key
)

select * from final
