{% macro csv_value(text) -%}
{#- in quotes only where the text itself has a comma or a quote -#}
case
    when regexp_matches({{ text }}, '[",]') then '"' || replace({{ text }}, '"', '""') || '"'
    else {{ text }}
end
{%- endmacro %}
