-- One row per live GPID: how large the party is, how well it holds together, what contradicts.
with

-- a cluster is named for one of its records
final as (
    select
        bridge.gpid,
        clusters.* exclude (cluster_id)
    from {{ ref('identity_clusters') }} as clusters
    inner join {{ ref('bridge_party_source') }} as bridge
        on clusters.cluster_id = bridge.record_key and bridge.is_current
)

select * from final
