-- One row per request of a person about the data that are held.
select
    request_id,
    lower(kind) as kind,
    subject,
    requested_at,
    deadline,
    confirmed_by,
    note
from {{ source('privacy', 'privacy_requests') }}
where _status = 'accepted' and not _is_deleted
