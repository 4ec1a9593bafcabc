-- One row per live GPID: how large the party is, how well it holds together, what contradicts.
with

-- a cluster is named for one of its records
final as (
    select
        members.gpid,
        clusters.* exclude (cluster_id)
    from {{ ref('identity_clusters') }} as clusters
    inner join {{ ref('record_parties') }} as members
        on clusters.cluster_id = members.record_key
)

select * from final
