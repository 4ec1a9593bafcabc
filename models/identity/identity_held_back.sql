-- One row per component that is too large to be examined, so that its records stay as they were.
with

membership as (
    select * from {{ ref('identity_membership') }}
    where is_held_back
),

cluster_sizes as (
    select
        component_id,
        cluster_id,
        count(*) as cluster_records
    from membership
    group by component_id, cluster_id
),

largest as (
    select
        component_id,
        max(cluster_records) as largest_cluster_records,
        count(case when cluster_records = 1 then 1 end) as single_records
    from cluster_sizes
    group by component_id
),

final as (
    select
        membership.component_id,
        min(membership.party_type) as party_type,
        count(*) as record_count,
        count(distinct membership.cluster_id) as cluster_count,
        min(largest.largest_cluster_records) as largest_cluster_records,
        min(largest.single_records) as single_records
    from membership
    inner join largest
        on membership.component_id = largest.component_id
    group by membership.component_id
)

select * from final
