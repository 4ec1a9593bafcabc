-- Every GPID that this build would commit has the form of one, and its check character is right.
select distinct gpid
from {{ ref('identity_proposed_events') }}
where gpid is not null and not {{ is_valid_gpid('gpid') }} -- noqa: PRS
