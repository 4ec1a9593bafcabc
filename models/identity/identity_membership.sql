-- One row per party record: the cluster that it belongs to in this build.
{{ config(materialized='view') }}
select
    record_key,
    party_type,
    cluster_id,
    component_id,
    is_held_back,
    component_hash
from {{ ref('cluster') }}
