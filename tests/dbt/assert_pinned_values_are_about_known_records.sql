-- A pin at a record that is not delivered (any more) has no effect: a warning, since the record may
-- come back.
{{ config(severity='warn') }}

select
    record_key,
    attribute,
    decided_by,
    decided_at
from {{ ref('pinned_values_status') }}
where status = 'record unknown'
