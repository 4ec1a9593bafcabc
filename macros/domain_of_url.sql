{% macro domain_of_url(expression) -%}
nullif(regexp_extract(lower({{ expression }}), '^(?:[a-z]+://)?(?:www\.)?([^/:?#\s]+\.[^/:?#\s]+)', 1), '')
{%- endmacro %}
