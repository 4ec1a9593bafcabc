{% test never_null(model, columns) %}
{{
    config(
        fail_calc="case when count(*) = 0 then 0 else error('nulls in ' || any_value(table_name)"
        ~ " || ': ' || string_agg(column_name || ' (' || null_rows || ' rows)', ', ')) end"
    )
}}
-- The columns hold a value in every row. One row per column that does not, counted in one scan of
-- the table; the message of a failure names them. A condition on the rows goes under `config`, as
-- `where`.
with

counted as (
    select unnest([
        {% for column in columns -%}
        {'column_name': '{{ column }}', 'null_rows': count(*) - count({{ column }})}
        {{- "," if not loop.last }}
        {% endfor -%}
    ], recursive := true)
    from {{ model }}
)

select
    '{{ model | replace('"', '') }}' as table_name,
    column_name,
    null_rows
from counted
where null_rows > 0
{% endtest %}
