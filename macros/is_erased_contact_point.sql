{% macro is_erased_contact_point() -%}
{#- erased values are known as typed and in comparable form; where nobody was erased nothing is
parsed for it -#}
coalesce(
    is_erased_value(trim(contact_point))
    or is_erased_value(email(contact_point).address)
    or is_erased_value(phone(contact_point, country(country_code))),
    false
)
{%- endmacro %}
