{% macro to_utc(local_time, offset_hours) -%}
{{ local_time }} + interval '{{ -1 * offset_hours | int }}' hour
{%- endmacro %}
