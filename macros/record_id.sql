{% macro record_id(record_key) -%}
cast(hash({{ record_key }}) >> 1 as bigint)
{%- endmacro %}
