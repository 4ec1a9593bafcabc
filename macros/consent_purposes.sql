{% macro consent_purposes() -%}
{{ return("['marketing', 'service', 'analytics', 'personalization', 'research', 'sharing']") }}
{%- endmacro %}
