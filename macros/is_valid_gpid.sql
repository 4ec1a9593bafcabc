{% macro is_valid_gpid(gpid) -%}
{%- set characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ' -%}
{#- as in customer360.keys; the check is ISO/IEC 7064, MOD 37,36 over the first 17 characters -#}
(
    regexp_full_match({{ gpid }}, 'P[0-9A-HJKMNP-TV-Z]{16}[0-9A-Z]')
    and list_reduce(
        list_prepend(
            36, list_transform(range(1, 18), lambda i: strpos('{{ characters }}', {{ gpid }}[i]) - 1)
        ),
        lambda product, value: ((product + value + 35) % 36 + 1) * 2 % 37
    ) + strpos('{{ characters }}', {{ gpid }}[18]) - 1 in (1, 37)
)
{%- endmacro %}
