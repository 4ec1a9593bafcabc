-- One row per release, term and value: the frequencies that scoring uses until the next release.
-- Fitted once, on the first build that has records of the party type, then frozen.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}

-- decisions that contradict each other stop a build before anything is written to the registry
-- depends_on: {{ ref('identity_decisions') }}
select
    'release-{{ var('model_release') }}' as release_id,
    party_type,
    term,
    value,
    frequency
from {{ ref('identity_value_frequencies') }}
where party_type not in (
    select party_type from {{ source('registry', 'release_frequencies') }}
    where release_id = 'release-{{ var('model_release') }}'
)
