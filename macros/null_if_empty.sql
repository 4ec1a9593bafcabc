{% macro null_if_empty(list_expression) -%}
case when array_length({{ list_expression }}) > 0 then {{ list_expression }} end
{%- endmacro %}
