-- One row per delivered value that could not be converted and became null.
with

invalid_values as (
    select * from {{ ref('stg_landing__invalid_values') }}
),

final as (
    select
        source_system,
        source_instance,
        source_object,
        file,
        row_number,
        source_key,
        column_name,
        value,
        reason
    from invalid_values
)

select * from final
