-- One row per party that is none of the best yet: which of them it looks like most.
with

features as (
    select * from {{ ref('customer_features') }}
),

-- the fifty who spend most stand for the best
examples as (
    select *
    from features
    where is_best
    qualify dense_rank() over (order by relative_spend desc, gpid) <= 50
),

compared as (
    select
        party.gpid,
        example.gpid as best_gpid,
        round(
            sqrt(
                sum(power(party.deviation - example.deviation, 2))
                + any_value(
                    cast(party.country_code is distinct from example.country_code as integer)
                )
            ),
            6
        ) as distance
    from features as party
    inner join examples as example
        on party.feature = example.feature
    where not party.is_best
    group by party.gpid, example.gpid
),

nearest as (
    select *
    from compared
    qualify row_number() over (partition by gpid order by distance, best_gpid) = 1
),

-- in what both are far from the mean, and close to each other
alike as (
    select
        nearest.gpid,
        party.feature,
        row_number() over (
            partition by nearest.gpid
            order by
                abs(party.deviation) - abs(party.deviation - example.deviation) desc,
                party.feature
        ) as feature_rank
    from nearest
    inner join features as party
        on nearest.gpid = party.gpid
    inner join examples as example
        on nearest.best_gpid = example.gpid
        and party.feature = example.feature
    qualify feature_rank <= 3
),

listed as (
    select
        gpid,
        list(feature order by feature_rank) as alike_in
    from alike
    group by gpid
),

final as (
    select
        nearest.gpid,
        row_number() over (order by nearest.distance, nearest.gpid) as lookalike_rank,
        nearest.best_gpid,
        nearest.distance,
        listed.alike_in
    from nearest
    inner join listed
        on nearest.gpid = listed.gpid
)

select * from final
