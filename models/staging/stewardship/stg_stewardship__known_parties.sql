-- One row per record of which it is known who it is.
select
    record_key,
    known_party
from {{ source('stewardship', 'known_parties') }}
where _status = 'accepted'
