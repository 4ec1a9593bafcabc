{% macro folded_term(expression) -%}
nullif(trim(regexp_replace(lower({{ expression }}), '[^\p{L}\p{N}]+', '_', 'g'), '_'), '')
{%- endmacro %}
