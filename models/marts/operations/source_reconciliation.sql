-- One row per extract (system, instance, object): every landed row is accounted for.
with

landed as (
    select * from {{ ref('stg_landing__row_counts') }}
),

party_records as (
    select delivered_in, count(*) as party_records
    from {{ ref('int_party_records') }}
    where not is_deleted
    group by delivered_in
),

bridged_records as (
    select records.delivered_in, count(*) as bridged
    from {{ ref('bridge_party_source') }} as bridge
    inner join {{ ref('int_party_records') }} as records on bridge.record_key = records.record_key
    where bridge.is_current
    group by records.delivered_in
),

final as (
    select
        landed.source_system,
        landed.source_instance,
        landed.source_object,
        landed.landed,
        landed.accepted,
        landed.quarantined,
        landed.superseded,
        landed.deleted,
        coalesce(party_records.party_records, 0) as party_records,
        coalesce(bridged_records.bridged, 0) as bridged,
        landed.landed = landed.accepted + landed.quarantined + landed.superseded
        and coalesce(party_records.party_records, 0) = coalesce(bridged_records.bridged, 0)
            as is_balanced
    from landed
    left join party_records
        on landed.source_system || '/' || landed.source_instance || '/' || landed.source_object
        = party_records.delivered_in
    left join bridged_records
        on landed.source_system || '/' || landed.source_instance || '/' || landed.source_object
        = bridged_records.delivered_in
)

select * from final
