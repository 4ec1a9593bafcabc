{% macro initials(family_keys, given_keys) -%}
{#- the first letters of both names in alphabetical order -#}
least(coalesce(left({{ family_keys }}[1], 1), ''), coalesce(left({{ given_keys }}[1], 1), ''))
|| greatest(coalesce(left({{ family_keys }}[1], 1), ''), coalesce(left({{ given_keys }}[1], 1), ''))
{%- endmacro %}
