{% macro new_texts(texts, keys) -%}
select {{ texts }}.*
from {{ texts }}
{%- if is_incremental() %}
anti join {{ this }} as known
    on {% for key in keys -%}
    {{ texts }}.{{ key }} is not distinct from known.{{ key }}{{ " and " if not loop.last }}
    {%- endfor %}
{%- endif %}
{%- endmacro %}
