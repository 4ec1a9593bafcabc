-- One row per pair of records that evidence speaks for, with the evidence.
select
    party_type,
    record_key_a,
    record_key_b,
    match_weight,
    match_probability,
    stranger_weight,
    household_weight,
    name_weight,
    prior_weight,
    evidence
from {{ ref('match') }}
