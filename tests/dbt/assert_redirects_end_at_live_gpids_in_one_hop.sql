-- A redirect starts at a GPID that is no longer live and ends at one that is: nobody has to follow
-- a second one.
with

redirects as (
    select * from {{ ref('gpid_redirect') }}
)

select
    redirects.retired_gpid,
    redirects.live_gpid
from redirects
left join {{ ref('dim_party') }} as sources
    on redirects.retired_gpid = sources.gpid
left join {{ ref('dim_party') }} as targets
    on redirects.live_gpid = targets.gpid
where sources.gpid is not null or targets.gpid is null
