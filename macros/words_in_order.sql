{% macro words_in_order(text) -%}
array_to_string(list_sort(string_split({{ text }}, ' ')), ' ')
{%- endmacro %}
