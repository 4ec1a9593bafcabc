{% macro record_marks(kind, values) -%}
nullif(
    list_sort(list_distinct(list_transform(
        list_filter({{ values }}, lambda each: each is not null),
        lambda each: {{ record_mark(kind, 'each') }}
    ))),
    []
)
{%- endmacro %}
