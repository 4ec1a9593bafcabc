-- One row per cluster: how large it is, how well it holds together, and what inside contradicts.
with

members as (
    select
        membership.cluster_id,
        membership.party_type,
        membership.record_key,
        membership.is_held_back,
        records.source,
        records.birth_date,
        records.national_id
    from {{ ref('identity_membership') }} as membership
    inner join {{ ref('identity_records') }} as records
        on membership.record_key = records.record_key
),

sizes as (
    select
        cluster_id,
        party_type,
        count(*) as record_count,
        count(distinct source) as source_count,
        count(distinct split_part(source, '/', 1)) as system_count,
        count(distinct birth_date) as distinct_birth_dates,
        count(distinct national_id) as distinct_national_ids,
        bool_or(is_held_back) as is_held_back
    from members
    group by cluster_id, party_type
),

-- one row per cluster with several records
trees as (
    select
        cluster_id,
        cast(sum(compared_records) // 2 as bigint) as pairs_kept,
        cast(sum(opposed_records) // 2 as bigint) as pairs_against,
        count(*) filter (where links_across = 1) as bridges,
        min(mean_value_across) as lowest_mean_value,
        min(match_weight) as weakest_link_weight,
        min_by(record_key, struct_pack(weight := match_weight, record_key := record_key))
        filter (where parent_record_key is not null) as weakest_record_key,
        min_by(parent_record_key, struct_pack(weight := match_weight, record_key := record_key))
        filter (where parent_record_key is not null) as weakest_parent_record_key,
        min_by(
            least(records_below, records_beside),
            struct_pack(weight := match_weight, record_key := record_key)
        ) filter (where parent_record_key is not null) as weakest_link_records
    from {{ ref('identity_party_tree') }}
    group by cluster_id
),

-- clusters with two birth dates that are no slip of each other
date_conflicts as (
    select distinct members.cluster_id
    from members
    inner join sizes on members.cluster_id = sizes.cluster_id
    inner join members as other on members.cluster_id = other.cluster_id
    where
        sizes.distinct_birth_dates > 1
        and members.birth_date < other.birth_date
        and {{ dates_contradict('members.birth_date', 'other.birth_date') }}
),

final as (
    select
        sizes.cluster_id,
        sizes.party_type,
        sizes.record_count,
        sizes.system_count,
        sizes.record_count - sizes.source_count as same_source_records,
        sizes.record_count * (sizes.record_count - 1) // 2 as pairs_possible,
        coalesce(trees.pairs_kept, 0) as pairs_kept,
        coalesce(trees.pairs_against, 0) as pairs_against,
        trees.pairs_kept / (sizes.record_count * (sizes.record_count - 1) / 2) as density,
        trees.weakest_link_weight,
        least(trees.weakest_record_key, trees.weakest_parent_record_key) as weakest_record_key_a,
        greatest(trees.weakest_record_key, trees.weakest_parent_record_key)
            as weakest_record_key_b,
        trees.weakest_link_records,
        coalesce(trees.bridges, 0) as bridges,
        trees.lowest_mean_value,
        sizes.distinct_birth_dates,
        sizes.distinct_national_ids,
        sizes.is_held_back,
        sizes.distinct_national_ids > 1 or date_conflicts.cluster_id is not null as has_conflict,
        nullif(concat_ws(
            ', ',
            case
                when sizes.distinct_national_ids > 1
                    then sizes.distinct_national_ids || ' national identifiers'
            end,
            case
                when date_conflicts.cluster_id is not null
                    then sizes.distinct_birth_dates || ' birth dates'
            end
        ), '') as conflict
    from sizes
    left join trees on sizes.cluster_id = trees.cluster_id
    left join date_conflicts on sizes.cluster_id = date_conflicts.cluster_id
)

select * from final
