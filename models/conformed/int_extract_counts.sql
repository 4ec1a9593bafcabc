-- One row per extract (system, instance, object): how many rows landed and what became of them.
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
        count(*) filter (not is_deleted) as party_records,
        count(*) filter (is_deleted and not {{ is_tombstone('record_key') }}) as deleted_records,
        count(*) filter ({{ is_tombstone('record_key') }}) as erased_records,
        bool_or(
            source_object = split_part(delivered_in, '/', 3) or starts_with(delivered_in, 'files/')
        ) as is_record_per_row
    from {{ ref('int_party_records') }}
    group by delivered_in
),

final as (
    select
        landed.delivered_in,
        landed.source_system,
        landed.source_instance,
        landed.source_object,
        landed.landed,
        landed.accepted as latest,
        landed.quarantined,
        landed.superseded,
        cast(
            case
                when party_records.is_record_per_row then party_records.deleted_records
                else landed.deleted
            end as bigint
        ) as deleted,
        case when party_records.is_record_per_row then party_records.erased_records else 0 end
            as suppressed,
        coalesce(party_records.party_records, 0) as party_records,
        coalesce(party_records.is_record_per_row, false) as is_record_per_row
    from landed
    left join party_records
        on landed.delivered_in = party_records.delivered_in
)

select * from final
