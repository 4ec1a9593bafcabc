{% macro leave_as_it_is() %}
{% call noop_statement('main', 'AS IT IS', 'AS IT IS', 0) %}{% endcall %}
{{ return({'relations': [this]}) }}
{% endmacro %}
