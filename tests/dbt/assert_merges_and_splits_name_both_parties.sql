-- A merge names the survivor, a split the origin, and neither names itself; a move belongs to a
-- record, as does its recycling, all other events to a GPID. Checked before anything is committed.
select
    commit_number,
    event_number,
    event_type,
    gpid,
    other_gpid,
    record_key
from {{ ref('identity_proposed_events') }}
where
    (event_type in ('merged', 'split_from') and other_gpid is null)
    or (event_type in ('minted', 'restored', 'retired') and other_gpid is not null)
    or (event_type in ('moved', 'recycled') and record_key is null)
    or (event_type not in ('moved', 'recycled') and (record_key is not null or gpid is null))
    or gpid = other_gpid
