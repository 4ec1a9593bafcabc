{% macro lists_overlap(list_expression, other_list_expression) -%}
{#- in words that every engine has; list_has_any is DuckDB's own -#}
coalesce(array_length(array_intersect({{ list_expression }}, {{ other_list_expression }})) > 0, false)
{%- endmacro %}
