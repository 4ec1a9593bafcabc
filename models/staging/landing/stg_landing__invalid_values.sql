-- One row per value of an accepted record that could not be converted and became null.
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
from {{ source('landing', 'invalid_values') }}
