{% macro is_tombstone(record_key) -%}
contains({{ record_key }}, '/erased:')
{%- endmacro %}
