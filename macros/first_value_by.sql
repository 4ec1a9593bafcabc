{% macro first_value_by(expression, order_by) -%}
min_by({{ expression }}, {{ order_by }}) filter (where array_length({{ expression }}) > 0)
{%- endmacro %}
