-- The GPIDs of the current bridge and those of dim_party are the same.
with

live as (
    select distinct gpid
    from {{ ref('bridge_party_source') }}
    where is_current
)

select
    live.gpid as bridge_gpid,
    parties.gpid as party_gpid
from live
full outer join {{ ref('dim_party') }} as parties
    on live.gpid = parties.gpid
where live.gpid is null or parties.gpid is null
