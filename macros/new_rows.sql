{% macro new_rows(rows, keys) -%}
select {{ rows }}.*
from {{ rows }}
{%- if is_incremental() %}
anti join {{ this }} as known
    on {% for key in keys -%}
    {{ rows }}.{{ key }} is not distinct from known.{{ key }}{{ " and " if not loop.last }}
    {%- endfor %}
{%- endif %}
{%- endmacro %}
