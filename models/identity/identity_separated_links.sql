-- One row per link that was strong enough to join two records, and whose records are two clusters.
with

links as (
    select
        record_key_a,
        record_key_b,
        'score' as link_type,
        match_weight,
        evidence
    from {{ ref('identity_edges') }}
    where match_weight >= {{ var('link_threshold_bits') }}
    union all
    select
        record_key_a,
        record_key_b,
        link_type,
        max(weight) as match_weight,
        null as evidence
    from {{ ref('identity_declared_edges') }}
    where weight > -10000
    group by record_key_a, record_key_b, link_type
),

membership as (
    select * from {{ ref('identity_membership') }}
),

final as (
    select
        links.*,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b,
        membership_a.component_id,
        membership_a.is_held_back,
        membership_a.component_id <> membership_b.component_id as is_across_components
    from links
    inner join membership as membership_a on links.record_key_a = membership_a.record_key
    inner join membership as membership_b on links.record_key_b = membership_b.record_key
    where membership_a.cluster_id <> membership_b.cluster_id
)

select * from final
