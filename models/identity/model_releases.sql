-- One row per party type and release of the matching model; model_release names the one in force.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}

-- a gate that is closed stops the build before anything is written to the registry
-- depends_on: {{ ref('identity_gates') }}
select
    release_id,
    party_type,
    fitted_at,
    content_hash,
    parameters,
    library_versions
from {{ ref('identity_releases') }}
where party_type not in (
    select party_type from {{ source('registry', 'model_releases') }}
    where release_id = 'release-{{ var('model_release') }}'
)
