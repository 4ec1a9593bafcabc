{% macro quarantine_token(delivered_in, content) -%}
privacy_token('quarantine/' || {{ delivered_in }} || '/' || {{ content }})
{%- endmacro %}
