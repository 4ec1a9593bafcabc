-- One row per account that Service Cloud merged into another.
with

accounts as (
    select * from {{ ref('stg_service_cloud__account') }}
),

survivors as (
    {{ native_merge_survivors('accounts') }}
),

final as (
    select
        accounts.record_key as record_key_a,
        survivors.survivor_key as record_key_b,
        'native_merge' as link_type,
        accounts.delivered_in as declared_by,
        accounts.updated_at as declared_at
    from accounts
    inner join survivors
        on accounts.record_key = survivors.record_key
    where accounts.record_key <> survivors.survivor_key
)

select * from final
