-- One row per link that was strong enough to join two records but did not: what the guard cut.
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
    group by record_key_a, record_key_b, link_type
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
    select * from {{ ref('identity_records') }}
),

final as (
    select
        links.record_key_a,
        links.record_key_b,
        links.link_type,
        links.match_weight,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b,
        membership_a.component_id,
        component_sizes.component_records,
        component_sizes.component_clusters,
        case
            when records_a.national_id <> records_b.national_id
                then 'different national identifiers'
            when records_a.birth_date <> records_b.birth_date then 'different birth dates'
            when membership_a.component_id <> membership_b.component_id then 'component too large'
            when links.match_weight < 0 then 'too weak alone'
            else 'contradicted by other records'
        end as reason,
        links.evidence
    from links
    inner join membership as membership_a on links.record_key_a = membership_a.record_key
    inner join membership as membership_b on links.record_key_b = membership_b.record_key
    inner join component_sizes on membership_a.component_id = component_sizes.component_id
    inner join records as records_a on links.record_key_a = records_a.record_key
    inner join records as records_b on links.record_key_b = records_b.record_key
    where membership_a.cluster_id <> membership_b.cluster_id
)

select * from final
