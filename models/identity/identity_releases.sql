-- One row per party type: the release that this build scores with.
select
    release_id,
    party_type,
    fitted_at,
    content_hash,
    parameters,
    library_versions
from {{ source('registry', 'model_releases') }}
where release_id = 'release-{{ var('model_release') }}'
union all
-- the first build fits it; only when every gate is open does the registry get it
select
    release_id,
    party_type,
    fitted_at,
    content_hash,
    parameters,
    library_versions
from {{ ref('fit') }}
where party_type not in (
    select party_type from {{ source('registry', 'model_releases') }}
    where release_id = 'release-{{ var('model_release') }}'
)
