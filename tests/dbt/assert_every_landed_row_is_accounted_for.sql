-- Of every extract: landed = accepted + quarantined + superseded, and each party record that exists
-- is in the current bridge.
select *
from {{ ref('source_reconciliation') }}
where not is_balanced
