{% macro typed_identifiers(expression) -%}
nullif(
    list_sort(
        list_distinct(
            list_transform(
                list_filter({{ expression }}, lambda i: i.value is not null),
                lambda i: lower(coalesce(i.type, 'other')) || ':' || lower(trim(i.value))
            )
        )
    ),
    []
)
{%- endmacro %}
