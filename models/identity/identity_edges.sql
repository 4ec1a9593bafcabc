-- One row per pair of records that evidence speaks for, with the evidence.
with

matched as (
    select
        party_type,
        record_key,
        unnest(edges) as edge
    from {{ ref('match') }}
),

final as (
    select
        party_type,
        record_key as record_key_a,
        edge['record_key_b'] as record_key_b,
        edge['match_weight'] as match_weight,
        edge['match_probability'] as match_probability,
        edge['stranger_weight'] as stranger_weight,
        edge['household_weight'] as household_weight,
        edge['name_weight'] as name_weight,
        edge['prior_weight'] as prior_weight,
        edge['evidence'] as evidence
    from matched
)

select * from final
