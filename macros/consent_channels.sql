{% macro consent_channels() -%}
{{ return("['email', 'phone', 'sms', 'post', 'push', 'web']") }}
{%- endmacro %}
