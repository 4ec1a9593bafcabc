-- One row per delivered record that cannot be used, and why.
with

quarantined_rows as (
    select * from {{ ref('stg_landing__quarantined_rows') }}
),

final as (
    select
        source_system,
        source_instance,
        source_object,
        file,
        row_number,
        payload,
        reason
    from quarantined_rows
)

select * from final
