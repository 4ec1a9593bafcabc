{% macro merged_list(list_expression, other_list_expression) -%}
case
    when {{ other_list_expression }} is null then {{ list_expression }}
    else list_sort(list_distinct(list_concat({{ list_expression }}, {{ other_list_expression }})))
end
{%- endmacro %}
