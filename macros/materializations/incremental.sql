{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
{{ return(leave_as_it_is() if is_as_built() else dbt.materialization_incremental_duckdb()) }}
{% endmaterialization %}
