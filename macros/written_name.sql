{% macro written_name(family, given) -%}
nullif(concat_ws(' ', {{ family }}, {{ given }}), '')
{%- endmacro %}
