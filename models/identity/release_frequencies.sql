-- One row per release, term and value: the frequencies that scoring uses until the next release.
-- Stored with the release and as frozen as it is.
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
    'release-{{ var('model_release') }}' as release_id,
    party_type,
    term,
    value,
    frequency
from {{ ref('identity_release_frequencies') }}
where party_type not in (
    select party_type from {{ source('registry', 'release_frequencies') }}
    where release_id = 'release-{{ var('model_release') }}'
)
