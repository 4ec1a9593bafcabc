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
        list_distinct(list(source)) as sources,
        min(birth_date) as first_birth_date,
        max(birth_date) as last_birth_date,
        min(national_id) as first_national_id,
        max(national_id) as last_national_id,
        bool_or(is_held_back) as is_held_back
    from members
    group by cluster_id, party_type
),

-- in the few clusters that have several values of a kind they are counted and compared
varied as (
    select members.*
    from members
    inner join sizes on members.cluster_id = sizes.cluster_id
    where
        sizes.first_birth_date < sizes.last_birth_date
        or sizes.first_national_id < sizes.last_national_id
),

varied_counts as (
    select
        cluster_id,
        count(distinct birth_date) as distinct_birth_dates,
        count(distinct national_id) as distinct_national_ids
    from varied
    group by cluster_id
),

counts as (
    select
        sizes.cluster_id,
        sizes.party_type,
        sizes.record_count,
        sizes.is_held_back,
        len(sizes.sources) as source_count,
        len(list_distinct(list_transform(sizes.sources, lambda s: split_part(s, '/', 1))))
            as system_count,
        coalesce(
            varied_counts.distinct_birth_dates, cast(sizes.first_birth_date is not null as bigint)
        ) as distinct_birth_dates,
        coalesce(
            varied_counts.distinct_national_ids,
            cast(sizes.first_national_id is not null as bigint)
        ) as distinct_national_ids
    from sizes
    left join varied_counts on sizes.cluster_id = varied_counts.cluster_id
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
        min_by(
            struct_pack(
                record_key := record_key,
                parent_record_key := parent_record_key,
                records := least(records_below, records_beside)
            ),
            struct_pack(match_weight := match_weight, place := place)
        ) filter (where parent_record_key is not null) as weakest_link
    from {{ ref('identity_party_tree') }}
    group by cluster_id
),

-- clusters with two birth dates that are no slip of each other
date_conflicts as (
    select distinct varied.cluster_id
    from varied
    inner join varied as other on varied.cluster_id = other.cluster_id
    where
        varied.birth_date < other.birth_date
        and {{ dates_contradict('varied.birth_date', 'other.birth_date') }}
),

final as (
    select
        counts.cluster_id,
        counts.party_type,
        counts.record_count,
        counts.system_count,
        counts.record_count - counts.source_count as same_source_records,
        counts.record_count * (counts.record_count - 1) // 2 as pairs_possible,
        coalesce(trees.pairs_kept, 0) as pairs_kept,
        coalesce(trees.pairs_against, 0) as pairs_against,
        trees.pairs_kept / (counts.record_count * (counts.record_count - 1) / 2) as density,
        trees.weakest_link_weight,
        least(weakest_link['record_key'], weakest_link['parent_record_key'])
            as weakest_record_key_a,
        greatest(weakest_link['record_key'], weakest_link['parent_record_key'])
            as weakest_record_key_b,
        weakest_link['records'] as weakest_link_records,
        coalesce(trees.bridges, 0) as bridges,
        trees.lowest_mean_value,
        counts.distinct_birth_dates,
        counts.distinct_national_ids,
        counts.is_held_back,
        counts.distinct_national_ids > 1 or date_conflicts.cluster_id is not null as has_conflict,
        nullif(concat_ws(
            ', ',
            case
                when counts.distinct_national_ids > 1
                    then counts.distinct_national_ids || ' national identifiers'
            end,
            case
                when date_conflicts.cluster_id is not null
                    then counts.distinct_birth_dates || ' birth dates'
            end
        ), '') as conflict
    from counts
    left join trees on counts.cluster_id = trees.cluster_id
    left join date_conflicts on counts.cluster_id = date_conflicts.cluster_id
)

select * from final
