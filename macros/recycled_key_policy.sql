{% macro recycled_key_policy(source) -%}
case
    {%- for pattern, policy in var('recycled_keys').items() if pattern != 'default' %}
    when {{ source }} glob '{{ pattern }}' then '{{ policy }}'
    {%- endfor %}
    when true then '{{ var('recycled_keys')['default'] }}'
end
{%- endmacro %}
