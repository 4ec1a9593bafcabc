{% macro is_as_built() %}
{% if flags.FULL_REFRESH or load_cached_relation(this) is none %}
    {{ return(false) }}
{% endif %}
{% set question %}
select
    coalesce(getvariable('is_as_built'), false)
    or coalesce(
        ({{ made_of() }})
        = (select made_of from main.model_states where model = '{{ model.unique_id }}'),
        false
    )
{% endset %}
{{ return(run_query(question).rows[0][0]) }}
{% endmacro %}
