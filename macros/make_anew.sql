{% macro make_anew(materialization) %}
{% do forget_state() %}
{% set made = materialization() %}
{% do note_state() %}
{{ return(made) }}
{% endmacro %}
