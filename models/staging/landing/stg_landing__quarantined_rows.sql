-- One row per delivered record that cannot be used.
select
    source_system,
    source_instance,
    source_object,
    file,
    row_number,
    payload,
    rule,
    reason
from {{ source('landing', 'quarantined_rows') }}
