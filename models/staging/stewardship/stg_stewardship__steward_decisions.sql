-- One row per decision of a steward about two source records.
select
    record_key_a,
    record_key_b,
    decision,
    decided_by,
    decided_at,
    reason,
    'stewardship/' || _instance || '/steward_decisions' as delivered_in
from {{ source('stewardship', 'steward_decisions') }}
where _status = 'accepted'
