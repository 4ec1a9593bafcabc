{% macro salesforce_id(id) -%}
{#- in each block of five characters the upper-case ones are the bits of a check character -#}
{%- set alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345' -%}
case
    when length(trim({{ id }})) = 15
        then trim({{ id }})
            {%- for block in range(3) %}
            || substr('{{ alphabet }}', 1
                {%- for bit in range(5) %}
                {%- set position = block * 5 + bit + 1 %}
                + case
                    when substr(trim({{ id }}), {{ position }}, 1) between 'A' and 'Z' then {{ 2 ** bit }}
                    else 0
                end
                {%- endfor %}, 1)
            {%- endfor %}
    else trim({{ id }})
end
{%- endmacro %}
