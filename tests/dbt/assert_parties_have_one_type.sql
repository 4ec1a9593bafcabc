-- All current records of a party are persons, or all are organizations, as the party itself is.
select
    bridge.gpid,
    bridge.record_key,
    records.party_type as record_party_type,
    parties.party_type
from {{ ref('bridge_party_source') }} as bridge
inner join {{ ref('int_party_records') }} as records
    on bridge.record_key = records.record_key
inner join {{ ref('dim_party') }} as parties
    on bridge.gpid = parties.gpid
where
    bridge.is_current
    and (bridge.party_type <> parties.party_type or records.party_type <> parties.party_type)
