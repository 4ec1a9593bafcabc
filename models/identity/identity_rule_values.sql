-- One row per deterministic rule and record that has a value in every field of it.
select
    rule,
    decision,
    party_type,
    record_key,
    field_values,
    combinations
from {{ ref('apply_rules') }}
