-- One row per question for a steward: two parties that may be one, or one party that may be two.
with

membership as (
    select * from {{ ref('identity_membership') }}
),

-- what speaks for joining two parties: links below the threshold, and links that were cut
links_between as (
    select
        edges.record_key_a,
        edges.record_key_b,
        'score' as link_type,
        edges.match_weight,
        cut_links.reason
    from {{ ref('identity_edges') }} as edges
    left join {{ ref('identity_cut_links') }} as cut_links
        on edges.record_key_a = cut_links.record_key_a
        and edges.record_key_b = cut_links.record_key_b
        and cut_links.link_type = 'score'
    where edges.match_weight >= {{ var('review_from_bits') }}
    union all
    select
        record_key_a,
        record_key_b,
        link_type,
        match_weight,
        reason
    from {{ ref('identity_cut_links') }}
    where link_type <> 'score' and match_weight >= {{ var('review_from_bits') }}
),

-- the strongest link between two parties speaks for all of them
joins as (
    select
        'join?' as kind,
        membership_a.party_type,
        links_between.record_key_a,
        links_between.record_key_b,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b,
        links_between.link_type,
        links_between.match_weight,
        case
            when links_between.reason is null then 'too weak to link'
            else 'cut: ' || links_between.reason
        end as reason,
        cast(null as varchar) as cut_record_key
    from links_between
    inner join membership as membership_a
        on links_between.record_key_a = membership_a.record_key
    inner join membership as membership_b
        on links_between.record_key_b = membership_b.record_key
    where membership_a.cluster_id <> membership_b.cluster_id
    qualify row_number() over (
        partition by
            least(membership_a.cluster_id, membership_b.cluster_id),
            greatest(membership_a.cluster_id, membership_b.cluster_id)
        order by
            links_between.match_weight desc,
            links_between.record_key_a,
            links_between.record_key_b,
            links_between.link_type
    ) = 1
),

-- links of a tree that neither a source system nor a steward vouches for
cuttable as (
    select * from {{ ref('identity_party_tree') }}
    where match_weight < 10000
),

-- every record of a party with a contradiction, on one of the two sides of each link
contradictory_sides as (
    select
        cuttable.record_key as cut_record_key,
        members.place between cuttable.place and cuttable.place + cuttable.records_below - 1
            as is_below,
        records.birth_date,
        records.national_id
    from cuttable
    inner join {{ ref('identity_clusters') }} as clusters
        on cuttable.cluster_id = clusters.cluster_id
    inner join {{ ref('identity_party_tree') }} as members
        on cuttable.cluster_id = members.cluster_id
    inner join {{ ref('identity_records') }} as records
        on members.record_key = records.record_key
    where clusters.has_conflict
),

-- links whose two sides contradict each other and agree on nothing of the same kind
contradictory as (
    select
        below.cut_record_key,
        coalesce(
            min(below.national_id) is not null
            and bool_and(below.national_id <> beside.national_id),
            false
        ) as has_other_id,
        coalesce(
            bool_and({{ dates_contradict('below.birth_date', 'beside.birth_date') }}), false
        ) as has_other_birth_date
    from contradictory_sides as below
    inner join contradictory_sides as beside
        on below.cut_record_key = beside.cut_record_key
    where below.is_below and not beside.is_below
    group by below.cut_record_key
),

-- of each party the cut that has most for it
splits as (
    select
        'split?' as kind,
        membership.party_type,
        least(cuttable.record_key, cuttable.parent_record_key) as record_key_a,
        greatest(cuttable.record_key, cuttable.parent_record_key) as record_key_b,
        cuttable.cluster_id as cluster_id_a,
        cuttable.cluster_id as cluster_id_b,
        cuttable.link_type,
        cuttable.match_weight,
        case
            when contradictory.has_other_id then 'different national identifiers'
            when contradictory.has_other_birth_date then 'different birth dates'
            else 'weak link'
        end as reason,
        cuttable.record_key as cut_record_key
    from cuttable
    inner join membership on cuttable.record_key = membership.record_key
    left join contradictory on cuttable.record_key = contradictory.cut_record_key
    where
        cuttable.match_weight < {{ var('review_to_bits') }}
        or contradictory.has_other_id
        or contradictory.has_other_birth_date
    qualify row_number() over (
        partition by cuttable.cluster_id
        order by reason = 'weak link', cuttable.mean_value_across, cuttable.record_key
    ) = 1
),

doubts as (
    select * from joins
    union all
    select * from splits
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
