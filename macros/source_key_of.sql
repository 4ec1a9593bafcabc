{% macro source_key_of(record_key) -%}
{#- the key itself may contain slashes -#}
regexp_replace({{ record_key }}, '^[^/]*/[^/]*/[^/]*/', '')
{%- endmacro %}
