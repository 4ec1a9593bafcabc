-- One row per company, kind of hierarchy and company above it.
select
    record_key,
    parent_record_key as related_record_key,
    lower(hierarchy) as hierarchy,
    since
from {{ source('files', 'organization_parents') }}
where _status = 'accepted'
