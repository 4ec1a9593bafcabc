{% macro list_without_nulls(values) -%}
list_filter(
    cast([{{ values | join(', ') }}] as varchar[]),
    lambda element: element is not null
)
{%- endmacro %}
