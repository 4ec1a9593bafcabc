-- One row per decision of a steward as it was written, in the seed or by a connected tool.
with

delivered as (
    {{ union_adapters('steward_decisions') }}
),

seeded as (
    select
        *,
        'seeds/steward_decisions.csv' as delivered_in
    from {{ ref('steward_decisions') }}
),

everything as (
    select
        record_key_a,
        record_key_b,
        decision,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from delivered
    union
    select
        record_key_a,
        record_key_b,
        decision,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from seeded
)

select * from everything
