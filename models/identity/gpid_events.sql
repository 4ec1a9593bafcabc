-- One row per event in the life of a GPID: the append-only list that everything else is a fold of.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}

-- the last that is written: a commit finds its release and the override that let it through
-- depends_on: {{ ref('identity_gates') }}
-- depends_on: {{ ref('gate_overrides') }}
-- depends_on: {{ ref('model_releases') }}
-- depends_on: {{ ref('release_frequencies') }}
select
    commit_number,
    event_number,
    committed_at,
    run_id,
    actor,
    event_type,
    gpid,
    other_gpid,
    record_key,
    party_type,
    reason
from {{ ref('identity_proposed_events') }}
-- running this model twice commits once
where commit_number > (
    select coalesce(max(commit_number), 0) from {{ source('registry', 'gpid_events') }}
)
