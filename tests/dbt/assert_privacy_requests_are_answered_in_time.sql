-- A request of a person whose deadline has passed is done. A warning: it is people who are late.
{{ config(severity='warn') }}
select
    request_id,
    kind,
    status,
    deadline
from {{ ref('privacy_request_status') }}
where status <> 'done' and deadline < current_date
