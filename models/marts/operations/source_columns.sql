-- One row per column of an extract, delivered or declared.
select
    source_system,
    source_instance,
    source_object,
    column_name,
    declared_as,
    family,
    format,
    status,
    change,
    detail,
    accepted_because
from {{ ref('stg_landing__source_columns') }}
