-- A link that needs no score is a steward's decision, a rule of dbt_project.yml, or of a kind that
-- declared_link_weights names.
select
    record_key_a,
    record_key_b,
    link_type
from {{ ref('identity_declared_edges') }}
where
    link_type <> 'steward decision'
    {% for link_type in var('declared_link_weights') %}
    and link_type <> '{{ link_type }}'
    {% endfor %}
    {% for rule in var('deterministic_rules') %}
    and link_type <> 'rule: {{ rule.name }}'
    {% endfor %}
