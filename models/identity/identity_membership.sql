-- One row per party record: the cluster that it belongs to in this build.
select
    record_key,
    party_type,
    cluster_id,
    component_id,
    is_held_back
from {{ ref('cluster') }}
