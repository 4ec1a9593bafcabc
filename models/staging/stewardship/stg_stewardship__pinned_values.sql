-- One row per value that a steward pinned for a golden record.
select
    record_key,
    attribute,
    value,
    decided_by,
    decided_at,
    reason,
    'stewardship/' || _instance || '/pinned_values' as delivered_in
from {{ source('stewardship', 'pinned_values') }}
where _status = 'accepted'
