{% macro name_sounds(keys) -%}
list_sort(list_distinct(list_transform(
    {{ keys }},
    lambda key: left(key, 1) || left(replace(translate(
        substr(key, 2), 'bfpvcgjkqsxzdtlmnraeiouyhw', '11112222222233455600000000'
    ), '0', ''), 3)
)))
{%- endmacro %}
