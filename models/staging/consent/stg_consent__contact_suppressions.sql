-- One row per delivered suppression: a customer who is not to be contacted, or not to be erased.
select
    suppression_id,
    action,
    kind,
    gpid,
    record_key,
    contact_point_type,
    contact_point,
    country_code,
    channel,
    starts_at,
    ends_at,
    decided_by,
    reason,
    'consent/' || _instance || '/suppression' as delivered_in
from {{ source('consent', 'suppression') }}
where _status = 'accepted'
