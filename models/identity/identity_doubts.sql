-- One row per question for a steward: two parties that may be one, or one party that may be two.
with

membership as (
    select * from {{ ref('identity_membership') }}
),

doubts as (
    select
        'join?' as kind,
        party_type,
        record_key_a,
        record_key_b,
        cluster_id_a,
        cluster_id_b,
        link_type,
        match_weight,
        total_value,
        reason,
        cast(null as varchar) as cut_record_key
    from {{ ref('identity_doubtful_joins') }}
    union all
    select
        'split?' as kind,
        party_type,
        record_key_a,
        record_key_b,
        cluster_id as cluster_id_a,
        cluster_id as cluster_id_b,
        link_type,
        match_weight,
        total_value,
        reason,
        cut_record_key
    from {{ ref('identity_doubtful_splits') }}
),

-- decisions seen from the parties that they are about
decided as (
    select
        least(membership_a.cluster_id, membership_b.cluster_id) as first_cluster_id,
        greatest(membership_a.cluster_id, membership_b.cluster_id) as second_cluster_id,
        bool_or(decisions.status = 'in force' and decisions.decision = 'different') as is_apart,
        bool_or(decisions.status = 'unsure') as is_unsure
    from {{ ref('identity_decisions') }} as decisions
    inner join membership as membership_a on decisions.record_key_a = membership_a.record_key
    inner join membership as membership_b on decisions.record_key_b = membership_b.record_key
    group by first_cluster_id, second_cluster_id
),

final as (
    select
        doubts.kind,
        doubts.party_type,
        doubts.record_key_a,
        doubts.record_key_b,
        doubts.cluster_id_a,
        doubts.cluster_id_b,
        doubts.link_type,
        doubts.match_weight,
        doubts.total_value,
        doubts.reason,
        doubts.cut_record_key,
        coalesce(decided.is_unsure, false) as is_unsure
    from doubts
    left join decided
        on least(doubts.cluster_id_a, doubts.cluster_id_b) = decided.first_cluster_id
        and greatest(doubts.cluster_id_a, doubts.cluster_id_b) = decided.second_cluster_id
    where not coalesce(decided.is_apart, false)
)

select * from final
