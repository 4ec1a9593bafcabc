{% materialization view, adapter='duckdb' %}
{% if is_as_built() %}
{{ return(leave_as_it_is()) }}
{% endif %}
{% do forget_state() %}
{% set made = dbt.materialization_view_default() %}
{% do note_state(this.incorporate(type='view')) %}
{{ return(made) }}
{% endmaterialization %}
