{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
{% if is_as_built() %}
{{ return(leave_as_it_is()) }}
{% endif %}
{{ return(make_anew(dbt.materialization_incremental_duckdb)) }}
{% endmaterialization %}
