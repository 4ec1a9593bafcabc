{% materialization view, adapter='duckdb' %}
{{ return(leave_as_it_is() if is_as_built() else make_anew(dbt.materialization_view_default)) }}
{% endmaterialization %}
