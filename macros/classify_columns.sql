{% macro classify_columns() %}
create or replace table main.column_classes (
    table_name varchar,
    column_name varchar,
    privacy varchar,
    open_form varchar,
    is_restricted boolean
);
{% if execute %}
{% set rows = [] %}
{% set publish = graph.nodes.values() | selectattr('name', 'equalto', 'publish') | first %}
{% for id in publish.depends_on.nodes %}
    {% set model = graph.nodes[id] %}
    {% set table = model.config.meta.published_as or model.name %}
    {% for column in model.columns.values() %}
        {% set meta = column.config.meta %}
        {% do rows.append((
            table, column.name, meta.privacy, meta.open, model.config.meta.published == 'restricted'
        )) %}
    {% endfor %}
{% endfor %}
insert into main.column_classes values
{% for row in rows %}
    (
        {%- for value in row -%}
        {%- if value is none or value is undefined %}null
        {%- else %}'{{ value | replace("'", "''") }}'
        {%- endif -%}
        {{- ', ' if not loop.last }}
        {%- endfor -%}
    ){{ ',' if not loop.last }}
{% endfor %}
{% endif %}
{% endmacro %}
