-- One row per suppression as it was written, in the seed or by a connected system.
with

delivered as (
    {{ union_adapters('contact_suppressions') }}
),

seeded as (
    select
        *,
        'seeds/contact_suppressions.csv' as delivered_in
    from {{ ref('contact_suppressions') }}
),

everything as (
    select
        suppression_id,
        action,
        kind,
        gpid,
        record_key,
        contact_point_type,
        contact_point,
        country_code,
        channel,
        starts_at,
        ends_at,
        decided_by,
        reason,
        delivered_in
    from delivered
    union
    select
        suppression_id,
        action,
        kind,
        gpid,
        record_key,
        contact_point_type,
        contact_point,
        country_code,
        channel,
        starts_at,
        ends_at,
        decided_by,
        reason,
        delivered_in
    from seeded
),

final as (
    select *
    from everything
    where
        not is_erased(coalesce(record_key, ''))
        and not {{ is_erased_contact_point() }}
)

select * from final
