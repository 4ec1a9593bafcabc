-- One row per link that was strong enough to join two records but did not: what the guard cut.
with

edges as (
    select record_key_a, record_key_b, match_weight, 'score' as link_type, evidence
    from {{ ref('identity_edges') }}
    where match_weight >= {{ var('link_threshold_bits') }}
    union all
    select record_key_a, record_key_b, weight, link_type, null
    from {{ ref('identity_declared_edges') }}
),

membership as (
    select * from {{ ref('identity_membership') }}
),

component_sizes as (
    select
        component_id,
        count(*) as component_records,
        count(distinct cluster_id) as component_clusters
    from membership
    group by component_id
),

records as (
    select record_key, birth_date, national_id from {{ ref('identity_records') }}
),

final as (
    select
        edges.record_key_a,
        edges.record_key_b,
        edges.link_type,
        edges.match_weight,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b,
        membership_a.component_id,
        component_sizes.component_records,
        component_sizes.component_clusters,
        case
            when records_a.national_id <> records_b.national_id then 'different national identifiers'
            when records_a.birth_date <> records_b.birth_date then 'different birth dates'
            when membership_a.component_id <> membership_b.component_id then 'component too large'
            when edges.match_weight < 0 then 'too weak alone'
            else 'contradicted by other records'
        end as reason,
        edges.evidence
    from edges
    inner join membership as membership_a on edges.record_key_a = membership_a.record_key
    inner join membership as membership_b on edges.record_key_b = membership_b.record_key
    inner join component_sizes on membership_a.component_id = component_sizes.component_id
    inner join records as records_a on edges.record_key_a = records_a.record_key
    inner join records as records_b on edges.record_key_b = records_b.record_key
    where membership_a.cluster_id <> membership_b.cluster_id
)

select * from final
