{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
{% if is_as_built() %}
{{ return(leave_as_it_is()) }}
{% endif %}
{% do forget_state() %}
{% set made = dbt.materialization_incremental_duckdb() %}
{% do note_state(this) %}
{{ return(made) }}
{% endmaterialization %}
