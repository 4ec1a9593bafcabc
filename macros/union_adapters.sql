{% macro union_adapters(shape) %}
{#- the head gives names and types even when no connected system has this shape -#}
select
    {%- for column in model.columns.values() %}
    cast(null as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
    {%- endfor %}
where false
{%- for system in var('systems') if shape in var('adapters')[system] %}
union all
select
    {%- for column in model.columns.values() %}
    cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
    {%- endfor %}
from {{ ref('stg_' ~ system ~ '__' ~ shape) }}
{%- endfor %}
{% endmacro %}
