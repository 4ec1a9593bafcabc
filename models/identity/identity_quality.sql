-- One row per party type and basis: precision and recall, estimated, measured, known.
with

strata as (
    select * from {{ ref('identity_quality_strata') }}
),

-- the same pairs, once as the model has them and once with the decisions where there are enough
judged as (
    select
        'model' as basis,
        party_type,
        is_joined,
        pair_count,
        0 as label_count,
        false as is_measured,
        mean_probability as share,
        mean_probability as share_low,
        mean_probability as share_high
    from strata
    union all
    select
        'decisions' as basis,
        party_type,
        is_joined,
        pair_count,
        decision_count as label_count,
        is_measured,
        case when is_measured then same_share else mean_probability end as share,
        case when is_measured then same_share_low else mean_probability end as share_low,
        case when is_measured then same_share_high else mean_probability end as share_high
    from strata
),

-- intervals of strata combine by the squares of their distances (Zou and Donner 2008, Statistics in
-- Medicine 27, 1693-1702)
sums as (
    select
        basis,
        party_type,
        is_joined,
        cast(sum(label_count) as bigint) as label_count,
        cast(sum(pair_count) as bigint) as pair_count,
        coalesce(sum(pair_count) filter (where is_measured), 0) as measured_pairs,
        sum(pair_count * share) as true_pairs,
        sqrt(sum(pow(pair_count * (share - share_low), 2))) as fewer_pairs,
        sqrt(sum(pow(pair_count * (share_high - share), 2))) as more_pairs
    from judged
    group by basis, party_type, is_joined
),

joined_sums as (
    select * from sums
    where is_joined
),

apart_sums as (
    select * from sums
    where not is_joined
),

sides as (
    select
        coalesce(joined.basis, apart.basis) as basis,
        coalesce(joined.party_type, apart.party_type) as party_type,
        coalesce(joined.pair_count, 0) as joined_pairs,
        coalesce(joined.label_count, 0) + coalesce(apart.label_count, 0) as label_count,
        coalesce(joined.measured_pairs, 0) / nullif(joined.pair_count, 0) as measured_share,
        coalesce(joined.measured_pairs, 0) + coalesce(apart.measured_pairs, 0) > 0 as is_measured,
        coalesce(joined.true_pairs, 0) as found,
        greatest(coalesce(joined.true_pairs - joined.fewer_pairs, 0), 0) as found_low,
        least(coalesce(joined.true_pairs + joined.more_pairs, 0), joined_pairs) as found_high,
        coalesce(apart.true_pairs, 0) as missed,
        greatest(coalesce(apart.true_pairs - apart.fewer_pairs, 0), 0) as missed_low,
        coalesce(apart.true_pairs + apart.more_pairs, 0) as missed_high
    from joined_sums as joined
    full join apart_sums as apart
        on joined.basis = apart.basis
        and joined.party_type = apart.party_type
),

-- recall takes the worst of both sides together, so its interval is rather too wide
scored as (
    select
        party_type,
        basis,
        'scored pairs' as unit,
        found / nullif(joined_pairs, 0) as precision,
        case when is_measured then found_low / nullif(joined_pairs, 0) end as precision_low,
        case when is_measured then found_high / nullif(joined_pairs, 0) end as precision_high,
        found / nullif(found + missed, 0) as recall,
        case when is_measured then found_low / nullif(found_low + missed_high, 0) end
            as recall_low,
        case when is_measured then found_high / nullif(found_high + missed_low, 0) end
            as recall_high,
        joined_pairs,
        label_count,
        measured_share
    from sides
    where basis = 'model' or label_count > 0
),

known as (
    select
        membership.party_type,
        membership.cluster_id,
        known_parties.known_party
    from {{ ref('int_known_parties') }} as known_parties
    inner join {{ ref('identity_membership') }} as membership
        on known_parties.record_key = membership.record_key
),

-- a set of n records has n (n - 1) / 2 pairs: none needs to be listed
known_sets as (
    {% for counted, columns in [
        ('all', 'party_type'),
        ('true', 'party_type, known_party'),
        ('joined', 'party_type, cluster_id'),
        ('common', 'party_type, cluster_id, known_party'),
    ] %}
    select
        party_type,
        '{{ counted }}' as counted,
        count(*) * (count(*) - 1) // 2 as pair_count
    from known
    group by {{ columns }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

known_pairs as (
    select
        party_type,
        cast(sum(pair_count) filter (where counted = 'all') as bigint) as all_pairs,
        cast(sum(pair_count) filter (where counted = 'true') as bigint) as true_pairs,
        cast(sum(pair_count) filter (where counted = 'joined') as bigint) as joined_pairs,
        cast(sum(pair_count) filter (where counted = 'common') as bigint) as common_pairs
    from known_sets
    group by party_type
),

sampled as (
    select
        party_type,
        'known parties' as basis,
        'all pairs of the sample' as unit,
        common_pairs / nullif(joined_pairs, 0) as precision,
        {{ wilson_bound('common_pairs', 'joined_pairs', 'low') }} as precision_low,
        {{ wilson_bound('common_pairs', 'joined_pairs', 'high') }} as precision_high,
        common_pairs / nullif(true_pairs, 0) as recall,
        {{ wilson_bound('common_pairs', 'true_pairs', 'low') }} as recall_low,
        {{ wilson_bound('common_pairs', 'true_pairs', 'high') }} as recall_high,
        joined_pairs,
        all_pairs as label_count,
        1 as measured_share
    from known_pairs
),

everything as (
    select * from scored
    union all
    select * from sampled
),

final as (
    select
        party_type,
        basis,
        unit,
        {% for column in [
            'precision', 'precision_low', 'precision_high', 'recall', 'recall_low', 'recall_high'
        ] %}
        round({{ column }}, 6) as {{ column }},
        {% endfor %}
        joined_pairs,
        label_count,
        cast(measured_share as double) as measured_share
    from everything
)

select * from final
