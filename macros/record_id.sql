{% macro record_id(record_key) -%}
{#- DuckDB's own hash gives two of millions of keys like Salesforce's one number -#}
cast(md5_number_lower({{ record_key }}) >> 1 as bigint)
{%- endmacro %}
