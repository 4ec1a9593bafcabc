{% macro folded_term(expression) -%}
nullif(trim(regexp_replace(lower({{ expression }}), '[[:space:][:punct:]\x{3000}]+', '_', 'g'), '_'), '')
{%- endmacro %}
