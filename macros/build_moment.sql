{% macro build_moment() -%}
{{ return("getvariable('build_moment')") }}
{%- endmacro %}
