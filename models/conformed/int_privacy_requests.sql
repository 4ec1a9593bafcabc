-- One row per request of a person about the data that are held, in the seed or from a tool.
with

delivered as (
    {{ union_adapters('privacy_requests') }}
),

seeded as (
    select
        request_id,
        lower(trim(kind)) as kind,
        trim(subject) as subject,
        requested_at,
        deadline,
        confirmed_by,
        note
    from {{ ref('privacy_requests') }}
),

everything as (
    select * from seeded
    union all by name
    select * from delivered
),

final as (
    select
        request_id,
        kind,
        case when is_erased(subject) then tombstone(subject) else subject end as subject,
        requested_at,
        deadline,
        confirmed_by,
        -- what was written about somebody who is erased is about nobody
        case when not is_erased(subject) then note end as note
    from everything
)

select * from final
