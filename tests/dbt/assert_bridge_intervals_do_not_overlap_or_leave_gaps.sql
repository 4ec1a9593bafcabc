-- The intervals of a record are not empty and do not overlap; each begins where the one before
-- ended, unless the record was gone in between. Only the last can be current. Commits and times
-- tell the same.
with

intervals as (
    select
        record_key,
        gpid,
        valid_from,
        valid_to,
        valid_from_commit,
        valid_to_commit,
        is_current,
        lead(valid_from) over (partition by record_key order by valid_from_commit)
            as next_valid_from,
        lead(valid_from_commit) over (partition by record_key order by valid_from_commit)
            as next_valid_from_commit
    from {{ ref('bridge_party_source') }}
),

departures as (
    select
        record_key,
        committed_at
    from {{ ref('gpid_events') }}
    where event_type = 'moved' and gpid is null
)

select
    intervals.record_key,
    intervals.gpid,
    intervals.valid_from,
    intervals.valid_to,
    intervals.next_valid_from
from intervals
left join departures
    on intervals.record_key = departures.record_key
    and intervals.valid_to = departures.committed_at
where
    intervals.valid_to <= intervals.valid_from
    or intervals.valid_to_commit <= intervals.valid_from_commit
    or intervals.next_valid_from_commit < intervals.valid_to_commit
    or (intervals.next_valid_from_commit > intervals.valid_to_commit)
    <> (intervals.next_valid_from > intervals.valid_to)
    or intervals.is_current <> (intervals.valid_to is null)
    or intervals.is_current <> (intervals.valid_to_commit is null)
    or (intervals.valid_to is null and intervals.next_valid_from is not null)
    or intervals.next_valid_from < intervals.valid_to
    or (intervals.next_valid_from > intervals.valid_to and departures.record_key is null)
