-- A rule does not join records by values that too many of them share: a warning, since either the
-- values or the rule are not what they were thought to be.
{{ config(severity='warn') }}

select
    rule,
    combination,
    record_count
from {{ ref('identity_rule_matches') }}
where not is_applied
