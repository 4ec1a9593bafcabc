-- So many parties met at once that the assignment of GPIDs gave way to a simpler rule: a warning,
-- since after such a change (a new model, a moved threshold) the ids deserve a look before others
-- rely on them.
{{ config(severity='warn') }}

select
    event_type,
    gpid,
    other_gpid,
    record_key,
    reason
from {{ ref('identity_proposed_events') }}
where reason like '%too many parties met at once%'
