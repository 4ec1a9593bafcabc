-- Once the proposed events are committed, the records of a cluster, and no others, hold one GPID.
-- Checked before anything is committed.
with

moves as (
    select
        record_key,
        gpid,
        commit_number
    from {{ source('registry', 'gpid_events') }}
    where record_key is not null
    union
    select
        record_key,
        gpid,
        commit_number
    from {{ ref('identity_proposed_events') }}
    where record_key is not null
),

last_moves as (
    select
        record_key,
        gpid,
        row_number() over (partition by record_key order by commit_number desc) as recency
    from moves
),

holders as (
    select
        record_key,
        gpid
    from last_moves
    where recency = 1 and gpid is not null
),

placed as (
    select
        coalesce(holders.record_key, membership.record_key) as record_key,
        holders.gpid,
        membership.cluster_id,
        min(membership.cluster_id) over (partition by holders.gpid) as first_cluster_id,
        max(membership.cluster_id) over (partition by holders.gpid) as last_cluster_id,
        min(holders.gpid) over (partition by membership.cluster_id) as first_gpid,
        max(holders.gpid) over (partition by membership.cluster_id) as last_gpid
    from holders
    full outer join {{ ref('identity_membership') }} as membership
        on holders.record_key = membership.record_key
)

select
    record_key,
    gpid,
    cluster_id
from placed
where
    gpid is null
    or cluster_id is null
    or first_cluster_id <> last_cluster_id
    or first_gpid <> last_gpid
