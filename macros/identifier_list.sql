{% macro identifier_list(identifiers) -%}
list_filter(
    cast(
        [
            {%- for type, value in identifiers.items() %}
            {'type': '{{ type }}', 'value': {{ value }}}{{ ',' if not loop.last }}
            {%- endfor %}
        ] as struct(type varchar, value varchar)[]
    ),
    lambda element: element.value is not null
)
{%- endmacro %}
