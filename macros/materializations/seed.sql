{% materialization seed, adapter='duckdb' %}
{% if is_as_built() %}
{%- do store_result('agate_table', response='OK', agate_table=load_agate_table()) -%}
{{ return(leave_as_it_is()) }}
{% endif %}
{{ return(make_anew(dbt.materialization_seed_default)) }}
{% endmaterialization %}
