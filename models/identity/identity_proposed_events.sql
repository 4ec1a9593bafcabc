-- One row per event that this build would commit to the registry.
select
    commit_number,
    event_number,
    committed_at,
    run_id,
    actor,
    event_type,
    gpid,
    other_gpid,
    record_key,
    party_type,
    reason
from {{ ref('assign') }}
