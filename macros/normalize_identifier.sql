{% macro normalize_identifier(expression) -%}
{#- an identifier of fewer than four characters, or of one character repeated, identifies nobody;
a corporate number of Japan has a T in front where it stands for a tax registration -#}
case
    when
        length(regexp_replace(upper({{ expression }}), '[^0-9A-Z]', '', 'g')) >= 4
        and not regexp_matches(
            regexp_replace(upper({{ expression }}), '[^0-9A-Z]', '', 'g'),
            '^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|X+)$'
        )
        then regexp_replace(
            regexp_replace(upper({{ expression }}), '[^0-9A-Z]', '', 'g'), '^T([0-9]{13})$', '\1'
        )
end
{%- endmacro %}
