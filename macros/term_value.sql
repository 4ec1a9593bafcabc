{% macro term_value(term, record) -%}
{#- a family or given name is rare or common among names of its script; a branch is no further
company of its name -#}
{%- set parts = {
    'family': "{r}.family_script || ':' || {r}.family",
    'given': "{r}.given_script || ':' || {r}.given",
    'given_initial': "left({r}.given_keys[1], 1)",
    'full_name': "{r}.family_keys[1] || '|' || {r}.given_keys[1]",
    'birth_date': "cast({r}.birth_date as varchar)",
    'street': "{r}.place || '|' || {r}.street",
    'postal': "{r}.postal",
    'place': "{r}.place",
    'area': "{r}.area",
    'birth_place': "{r}.birth_place",
    'occupation': "{r}.occupation",
    'national_id': "{r}.national_id",
    'company_name': "case when not {r}.is_branch then {r}.name_sounds[1] end",
} -%}
{{ parts[term] | replace('{r}', record) }}
{%- endmacro %}
