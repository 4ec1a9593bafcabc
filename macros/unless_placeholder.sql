{% macro unless_placeholder(text, placeholders) -%}
case
    when coalesce(list_contains({{ placeholders }}, lower(trim({{ text }}))), false) then null
    else {{ text }}
end
{%- endmacro %}
