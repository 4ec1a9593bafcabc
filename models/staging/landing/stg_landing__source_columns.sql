-- One row per column of an extract, delivered or declared.
select
    source_system,
    source_instance,
    source_object,
    column_name,
    declared_as,
    position,
    family,
    format,
    status,
    change,
    detail,
    accepted_because
from {{ source('landing', 'source_columns') }}
