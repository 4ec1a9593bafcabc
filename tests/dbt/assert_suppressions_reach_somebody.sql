-- A suppression of a GPID or of a record reaches a record that is or was there. A slip of the pen
-- in a litigation hold is noticed, while a customer who has left does not stop the build.
{{ config(severity='warn') }}
select suppressions.*
from {{ ref('suppressions') }} as suppressions
left join {{ ref('bridge_party_source') }} as known_records
    on suppressions.record_key = known_records.record_key
left join {{ ref('bridge_party_source') }} as known_parties
    on suppressions.gpid = known_parties.gpid
where
    suppressions.problem is null
    and suppressions.is_active
    and coalesce(suppressions.gpid, suppressions.record_key) is not null
    and known_records.record_key is null
    and known_parties.gpid is null
