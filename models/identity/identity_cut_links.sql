-- One row per link that was strong enough to join two records but did not: what the guard cut.
with

cut as (
    select * from {{ ref('identity_separated_links') }}
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

decided_apart as (
    select
        decisions.record_key_a,
        decisions.record_key_b,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b
    from {{ ref('identity_decisions') }} as decisions
    inner join membership as membership_a on decisions.record_key_a = membership_a.record_key
    inner join membership as membership_b on decisions.record_key_b = membership_b.record_key
    where decisions.status = 'in force' and decisions.decision = 'different'
),

decided_clusters as (
    select distinct cluster_id_a, cluster_id_b from decided_apart
    union
    select distinct cluster_id_b, cluster_id_a from decided_apart
),

-- pairs that a rule itself keeps apart
ruled_apart as (
    select
        cut.record_key_a,
        cut.record_key_b,
        cut.link_type,
        min(values_a.rule) as rule
    from cut
    inner join {{ ref('identity_rule_values') }} as values_a
        on cut.record_key_a = values_a.record_key
        and values_a.decision = 'different'
    inner join {{ ref('identity_rule_values') }} as values_b
        on cut.record_key_b = values_b.record_key
        and values_a.rule = values_b.rule
        and not {{ lists_overlap('values_a.field_values', 'values_b.field_values') }}
    group by cut.record_key_a, cut.record_key_b, cut.link_type
),

records as (
    select * from {{ ref('identity_records') }}
),

final as (
    select
        cut.record_key_a,
        cut.record_key_b,
        cut.link_type,
        cut.match_weight,
        cut.cluster_id_a,
        cut.cluster_id_b,
        cut.component_id,
        component_sizes.component_records,
        component_sizes.component_clusters,
        case
            when decided_apart.record_key_a is not null then 'steward decision'
            when ruled_apart.rule is not null then 'rule: ' || ruled_apart.rule
            when decided_clusters.cluster_id_a is not null
                then 'steward decision on other records of the two'
            -- only decisions and rules are stronger than what joins without a score
            when cut.match_weight = 10000 then 'rule on other records of the two'
            when cut.is_across_components then 'component too large'
            when cut.is_held_back then 'held back'
            when records_a.national_id <> records_b.national_id
                then 'different national identifiers'
            when records_a.birth_date <> records_b.birth_date then 'different birth dates'
            when cut.match_weight < 0 then 'too weak alone'
            else 'contradicted by other records'
        end as reason,
        cut.evidence
    from cut
    inner join component_sizes on cut.component_id = component_sizes.component_id
    inner join records as records_a on cut.record_key_a = records_a.record_key
    inner join records as records_b on cut.record_key_b = records_b.record_key
    left join decided_apart
        on cut.record_key_a = decided_apart.record_key_a
        and cut.record_key_b = decided_apart.record_key_b
    left join ruled_apart
        on cut.record_key_a = ruled_apart.record_key_a
        and cut.record_key_b = ruled_apart.record_key_b
        and cut.link_type = ruled_apart.link_type
    left join decided_clusters
        on cut.cluster_id_a = decided_clusters.cluster_id_a
        and cut.cluster_id_b = decided_clusters.cluster_id_b
)

select * from final
