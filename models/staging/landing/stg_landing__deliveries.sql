-- One row per file that was read.
select
    source_system,
    source_instance,
    source_object,
    file,
    format,
    physical_records
from {{ source('landing', 'deliveries') }}
