{% macro deviations(expression) -%}
round(
    coalesce(
        ({{ expression }} - avg({{ expression }}) over ())
        / nullif(stddev_pop({{ expression }}) over (), 0),
        0
    ),
    6
)
{%- endmacro %}
