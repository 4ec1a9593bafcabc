{% macro identifier_types(identifiers) -%}
list_distinct(list_transform({{ identifiers }}, lambda i: split_part(i, ':', 1)))
{%- endmacro %}
