-- One row per decision of a steward about two records, and whether it holds.
select
    record_key_a,
    record_key_b,
    party_type,
    decision,
    decided_by,
    decided_at,
    reason,
    status,
    delivered_in
from {{ ref('decide') }}
