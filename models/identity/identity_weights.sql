-- One row per party type, comparison and level: what the release in force makes of it.
with

weights as (
    select * from {{ ref('weigh') }}
),

-- the frequency of a value that the release does not list
defaults as (
    select
        party_type,
        term,
        frequency
    from {{ ref('identity_release_frequencies') }}
    where value is null
),

final as (
    select
        weights.party_type,
        weights.comparison,
        weights.level,
        weights.match_share,
        coalesce(weights.stranger_share, defaults.frequency) as stranger_share,
        weights.relative_share,
        weights.frequency_term,
        weights.prior_share,
        weights.prior_relative_share
    from weights
    left join defaults
        on weights.party_type = defaults.party_type
        and weights.frequency_term = defaults.term
)

select * from final
