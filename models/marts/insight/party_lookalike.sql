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
        ) as distance,
        arg_max(
            party.feature,
            (
                abs(party.deviation) - abs(party.deviation - example.deviation),
                party.feature
            ),
            3
        ) as alike_in
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

final as (
    select
        gpid,
        row_number() over (order by distance, gpid) as lookalike_rank,
        best_gpid,
        distance,
        alike_in
    from nearest
)

select * from final
