-- One row per object and instance of the connected systems.
select
    source_system,
    source_instance,
    source_object,
    landed,
    accepted,
    quarantined,
    superseded,
    deleted
from {{ source('landing', 'row_counts') }}
