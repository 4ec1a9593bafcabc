{% macro distinct_names(name_key) -%}
{#- how many names; a kanji name can only be told apart from other kanji names -#}
greatest(
    count(distinct case when starts_with({{ name_key }}, 'kanji:') then {{ name_key }} end),
    count(distinct case when not starts_with({{ name_key }}, 'kanji:') then {{ name_key }} end)
)
{%- endmacro %}
