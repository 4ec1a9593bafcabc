-- One row per extract (system, instance, object): every landed row is accounted for.
with

counted as (
    select * from {{ ref('int_extract_counts') }}
),

bridged_records as (
    select
        records.delivered_in,
        count(*) as bridged
    from {{ ref('bridge_party_source') }} as bridge
    inner join {{ ref('int_party_records') }} as records
        on bridge.record_key = records.record_key
    where bridge.is_current
    group by records.delivered_in
),

-- records that wait for a steward, because their key came to stand for somebody else
waiting_records as (
    select
        records.delivered_in,
        count(*) as waiting
    from {{ ref('identity_recycled_keys') }} as recycled
    inner join {{ ref('int_party_records') }} as records
        on recycled.record_key = records.record_key
    where recycled.outcome = 'quarantined'
    group by records.delivered_in
),

final as (
    select
        counted.source_system,
        counted.source_instance,
        counted.source_object,
        counted.landed,
        counted.latest - counted.deleted - counted.suppressed - coalesce(waiting_records.waiting, 0)
            as accepted,
        counted.quarantined + coalesce(waiting_records.waiting, 0) as quarantined,
        counted.superseded + counted.deleted as superseded,
        counted.deleted,
        counted.suppressed,
        counted.party_records - coalesce(waiting_records.waiting, 0) as party_records,
        coalesce(bridged_records.bridged, 0) as bridged,
        counted.landed = counted.latest + counted.quarantined + counted.superseded
        and counted.party_records
        = coalesce(bridged_records.bridged, 0) + coalesce(waiting_records.waiting, 0)
        and (
            counted.latest - counted.deleted - counted.suppressed = counted.party_records
            or not counted.is_record_per_row
        ) as is_balanced
    from counted
    left join bridged_records
        on counted.delivered_in = bridged_records.delivered_in
    left join waiting_records
        on counted.delivered_in = waiting_records.delivered_in
)

select * from final
