-- One row per step in carrying out a request for erasure or access.
select
    entry_number,
    recorded_at,
    run_id,
    actor,
    request_id,
    action,
    gpid,
    record_count,
    detail
from {{ source('registry', 'privacy_audit') }}
