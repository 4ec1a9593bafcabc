{% materialization view, adapter='duckdb' %}
{{ return(leave_as_it_is() if is_as_built() else dbt.materialization_view_default()) }}
{% endmaterialization %}
