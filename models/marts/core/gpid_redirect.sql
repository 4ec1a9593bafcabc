-- One row per retired GPID that has a successor, which is live: one hop.
select
    retired_gpid,
    live_gpid,
    reason,
    since
from {{ ref('gpid_redirect_history') }}
where valid_to_commit is null and live_gpid is not null
