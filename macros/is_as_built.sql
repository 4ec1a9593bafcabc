{% macro is_as_built() %}
{{ return(
    load_cached_relation(this) is not none
    and run_query("select coalesce(getvariable('is_as_built'), false)").rows[0][0]
) }}
{% endmacro %}
