{% macro max_names_of(identifier_type) -%}
case {{ identifier_type }}
    {%- for type, cap in var('max_names_per_value').items() if type != 'default' %}
    when '{{ type }}' then {{ cap }}
    {%- endfor %}
    else {{ var('max_names_per_value')['default'] }}
end
{%- endmacro %}
