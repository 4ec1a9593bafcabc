-- One row per segment, party in it that agreed to research, and channel for which it did.
select
    gpid,
    segment,
    channel,
    since,
    until,
    reason
from {{ ref('audience_members') }}
where purpose = 'research'
