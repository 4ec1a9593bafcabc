{% macro end_run(results) %}
{% set written = namespace(any=false, publication=false) %}
{% for result in results if result.node.resource_type in ('model', 'seed') %}
    {% if result.message != 'AS IT IS' %}
        {% set written.any = true %}
    {% endif %}
    {% if result.node.name == 'publish' and result.status == 'success' %}
        {% set written.publication = true %}
    {% endif %}
{% endfor %}
update main.build_runs set
    ended_at = cast(now() at time zone 'UTC' as timestamp),
    registry_state = registry_state(),
    has_written = {{ written.any }},
    is_complete = {{ written.publication }}
where run_id = '{{ invocation_id }}'
{% if written.any and written.publication %}
;
{{ remember_landing() }}
{% endif %}
{% endmacro %}
