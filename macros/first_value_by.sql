{% macro first_value_by(expression, order_by) -%}
min_by({{ expression }}, {{ order_by }}) filter (where len({{ expression }}) > 0)
{%- endmacro %}
