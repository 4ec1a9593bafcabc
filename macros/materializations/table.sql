{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
{%- set target = this.incorporate(type='table') -%}
{% if is_as_built() %}
{{ return(leave_as_it_is()) }}
{% endif %}
{% do forget_state() %}
{%- set new = make_intermediate_relation(target) -%}
{{ drop_relation_if_exists(load_cached_relation(new)) }}
{{ run_hooks(pre_hooks, inside_transaction=False) }}
{{ run_hooks(pre_hooks, inside_transaction=True) }}
-- dbt submits Python from here only, not from a macro that is called here
{% call statement('main', language=model['language']) -%}
{{ create_table_as(False, new, compiled_code, model['language']) }}
{%- endcall %}
{{ drop_relation_if_exists(load_cached_relation(this)) }}
{{ adapter.rename_relation(new, target) }}
{{ run_hooks(post_hooks, inside_transaction=True) }}
{% do note_state() %}
{{ adapter.commit() }}
{{ run_hooks(post_hooks, inside_transaction=False) }}
{{ return({'relations': [target]}) }}
{% endmaterialization %}
