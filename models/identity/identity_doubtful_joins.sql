-- One row per pair of parties that may be one: the strongest link between them.
with

membership as (
    select * from {{ ref('identity_membership') }}
),

cluster_sizes as (
    select
        cluster_id,
        record_count
    from {{ ref('identity_clusters') }}
),

-- what is known of pairs that may belong to two parties; a pair of which nothing is known counts -1
links as (
    select
        edges.record_key_a,
        edges.record_key_b,
        'score' as link_type,
        edges.match_weight,
        case
            when edges.match_weight >= 0 then edges.match_weight
            else least(
                -1,
                greatest(
                    edges.match_weight, least(edges.stranger_weight, edges.household_weight)
                )
            )
        end + 1 as value_above_unknown,
        cut_links.reason
    from {{ ref('identity_edges') }} as edges
    left join {{ ref('identity_cut_links') }} as cut_links
        on edges.record_key_a = cut_links.record_key_a
        and edges.record_key_b = cut_links.record_key_b
        and cut_links.link_type = 'score'
    union all
    select
        record_key_a,
        record_key_b,
        link_type,
        match_weight,
        match_weight + 1 as value_above_unknown,
        reason
    from {{ ref('identity_cut_links') }}
    where link_type <> 'score'
),

links_between as (
    select
        links.*,
        membership_a.party_type,
        membership_a.cluster_id as cluster_id_a,
        membership_b.cluster_id as cluster_id_b,
        least(membership_a.cluster_id, membership_b.cluster_id) as first_cluster_id,
        greatest(membership_a.cluster_id, membership_b.cluster_id) as second_cluster_id
    from links
    inner join membership as membership_a on links.record_key_a = membership_a.record_key
    inner join membership as membership_b on links.record_key_b = membership_b.record_key
    where membership_a.cluster_id <> membership_b.cluster_id
),

-- the strongest link between two parties speaks for all of them
final as (
    select
        links_between.party_type,
        links_between.record_key_a,
        links_between.record_key_b,
        links_between.cluster_id_a,
        links_between.cluster_id_b,
        links_between.link_type,
        links_between.match_weight,
        -- exactly, because sums of doubles differ in their last bits by their order
        cast(
            sum(cast(links_between.value_above_unknown as decimal(18, 9))) over (
                partition by links_between.first_cluster_id, links_between.second_cluster_id
            ) - sizes_a.record_count * sizes_b.record_count
            as double
        ) as total_value,
        case
            when links_between.reason is null then 'too weak to link'
            else 'cut: ' || links_between.reason
        end as reason
    from links_between
    inner join cluster_sizes as sizes_a on links_between.cluster_id_a = sizes_a.cluster_id
    inner join cluster_sizes as sizes_b on links_between.cluster_id_b = sizes_b.cluster_id
    qualify row_number() over (
        partition by links_between.first_cluster_id, links_between.second_cluster_id
        order by
            links_between.match_weight desc,
            links_between.record_key_a,
            links_between.record_key_b,
            links_between.link_type
    ) = 1
    and links_between.match_weight >= {{ var('review_from_bits') }}
    -- a decision or a rule keeps the two apart: that is settled
    and coalesce(not regexp_matches(links_between.reason, '^(steward decision|rule)'), true)
)

select * from final
