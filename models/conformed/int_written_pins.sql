-- One row per value that a steward pinned as it was written, in the seed or by a connected tool.
with

delivered as (
    {{ union_adapters('pinned_values') }}
),

seeded as (
    select
        *,
        'seeds/pinned_values.csv' as delivered_in
    from {{ ref('pinned_values') }}
),

everything as (
    select
        record_key,
        attribute,
        value,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from delivered
    union
    select
        record_key,
        attribute,
        value,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from seeded
),

final as (
    select *
    from everything
    where not is_erased(coalesce(trim(record_key), ''))
)

select * from final
