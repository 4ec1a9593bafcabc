-- One row per extract (system, instance, object): every landed row is accounted for.
with

landed as (
    select
        *,
        source_system || '/' || source_instance || '/' || source_object as delivered_in
    from {{ ref('stg_landing__row_counts') }}
),

-- most extracts of parties have a record per row; others, such as orders of guests, only yield some
party_records as (
    select
        delivered_in,
        sum(case when is_deleted then 0 else 1 end) as party_records,
        sum(case when is_deleted then 1 else 0 end) as deleted_records,
        bool_or(
            source_object = split_part(delivered_in, '/', 3) or starts_with(delivered_in, 'files/')
        ) as is_record_per_row
    from {{ ref('int_party_records') }}
    group by delivered_in
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

counted as (
    select
        landed.source_system,
        landed.source_instance,
        landed.source_object,
        landed.landed,
        landed.accepted as latest,
        landed.quarantined,
        landed.superseded,
        case
            when party_records.is_record_per_row then party_records.deleted_records
            else landed.deleted
        end as deleted,
        coalesce(party_records.party_records, 0) as party_records,
        coalesce(bridged_records.bridged, 0) as bridged,
        coalesce(party_records.is_record_per_row, false) as is_record_per_row
    from landed
    left join party_records
        on landed.delivered_in = party_records.delivered_in
    left join bridged_records
        on landed.delivered_in = bridged_records.delivered_in
),

final as (
    select
        source_system,
        source_instance,
        source_object,
        landed,
        cast(latest - deleted as bigint) as accepted,
        quarantined,
        cast(superseded + deleted as bigint) as superseded,
        cast(deleted as bigint) as deleted,
        cast(party_records as bigint) as party_records,
        bridged,
        landed = latest + quarantined + superseded
        and party_records = bridged
        and (latest - deleted = bridged or not is_record_per_row) as is_balanced
    from counted
)

select * from final
