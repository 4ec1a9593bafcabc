{% macro record_key(system, instance, object, key) -%}
{#- null when the key is null: || passes nulls on -#}
{{ system }} || '/' || {{ instance }} || '/' || {{ object }} || '/' || {{ key }}
{%- endmacro %}
