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
    {% set promised, present = [], [] %}
    {% for column in get_column_schema_from_query(get_empty_schema_sql(model['columns'])) %}
        {% do promised.append(column.name ~ ' ' ~ column.dtype) %}
    {% endfor %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do present.append(column.name ~ ' ' ~ column.dtype) %}
    {% endfor %}
    {{ return(promised | sort != present | sort) }}
{% endmacro %}
