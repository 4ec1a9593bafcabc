-- One row per party type, verdict and range of weights: the model's share and the decided share.
{% set fewest_decisions = 5 %}
with

edges as (
    select * from {{ ref('identity_edges') }}
),

membership as (
    select * from {{ ref('identity_membership') }}
),

labels as (
    select
        record_key_a,
        record_key_b,
        decision = 'same' as is_same
    from {{ ref('identity_decisions') }}
    where status = 'in force'
),

-- a decision moves its own pair, so there only the score can be judged
pairs as (
    select
        edges.party_type,
        edges.match_probability,
        least(greatest(2 * floor(edges.match_weight / 2), -4), 10) as weight_from,
        labels.is_same,
        case
            when labels.is_same is null then membership_a.cluster_id = membership_b.cluster_id
            else edges.match_weight >= {{ var('link_threshold_bits') }}
        end as is_joined
    from edges
    inner join membership as membership_a on edges.record_key_a = membership_a.record_key
    inner join membership as membership_b on edges.record_key_b = membership_b.record_key
    left join labels
        on edges.record_key_a = labels.record_key_a
        and edges.record_key_b = labels.record_key_b
),

strata as (
    select
        party_type,
        is_joined,
        weight_from,
        count(*) as pair_count,
        avg(match_probability) as mean_probability,
        count(is_same) as decision_count,
        count(*) filter (where is_same) as same_count
    from pairs
    group by party_type, is_joined, weight_from
),

final as (
    select
        party_type,
        is_joined,
        weight_from,
        pair_count,
        round(mean_probability, 6) as mean_probability,
        decision_count,
        same_count,
        same_count / nullif(decision_count, 0) as same_share,
        round({{ wilson_bound('same_count', 'decision_count', 'low') }}, 6) as same_share_low,
        round({{ wilson_bound('same_count', 'decision_count', 'high') }}, 6) as same_share_high,
        decision_count >= {{ fewest_decisions }} as is_measured
    from strata
)

select * from final
