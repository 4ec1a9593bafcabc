{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {% if configured is not none %}
        {{ return(configured) }}
    {% endif %}
    {{ return(flags.FULL_REFRESH or has_other_columns()) }}
{% endmacro %}


{% macro has_other_columns() %}
    {% if not execute or model.config.materialized != 'incremental' %}
        {{ return(false) }}
    {% endif %}
    {% set relation = adapter.get_relation(this.database, this.schema, this.table) %}
    {% if relation is none %}
        {{ return(false) }}
    {% endif %}
    {% set promised = columns_of(get_empty_schema_sql(model['columns'])) %}
    {% set present = columns_of('select * from ' ~ relation ~ ' where false') %}
    {{ return(promised != present) }}
{% endmacro %}


{% macro columns_of(query) %}
    {% set columns = [] %}
    {% for column in get_column_schema_from_query(query) %}
        {% do columns.append(column.name ~ ' ' ~ column.dtype) %}
    {% endfor %}
    {{ return(columns | sort) }}
{% endmacro %}
