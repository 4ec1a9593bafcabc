-- A decision about a record that is not delivered (any more) has no effect: a warning, since the
-- record may come back.
{{ config(severity='warn') }}

select
    record_key_a,
    record_key_b,
    decision,
    decided_by,
    decided_at
from {{ ref('identity_decisions') }}
where status = 'record unknown'
