{% macro telling_marks(marks) -%}
nullif(
    list_filter(
        {{ marks }}, lambda each: each is not null and not list_contains(generic.marks, each)
    ),
    []
)
{%- endmacro %}
