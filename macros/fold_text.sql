{% macro fold_text(expression) -%}
nullif(trim(regexp_replace(lower({{ expression }}), '[\s.,;-]+', ' ', 'g')), '')
{%- endmacro %}
