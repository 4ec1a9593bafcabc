-- One row per party that may be two: the link of its tree that has most for being cut.
with

membership as (
    select * from {{ ref('identity_membership') }}
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
final as (
    select
        membership.party_type,
        least(cuttable.record_key, cuttable.parent_record_key) as record_key_a,
        greatest(cuttable.record_key, cuttable.parent_record_key) as record_key_b,
        cuttable.cluster_id,
        cuttable.link_type,
        cuttable.match_weight,
        cuttable.mean_value_across * cuttable.records_below * cuttable.records_beside
            as total_value,
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
)

select * from final
