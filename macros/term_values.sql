{% macro term_values(term, record) -%}
{%- set columns = {
    'family_key': 'family_keys',
    'given_key': 'given_nickname_keys',
    'name_key': 'name_keys',
    'email': 'emails',
    'phone': 'phones',
    'domain': 'company_domains',
} -%}
{{ record }}.{{ columns[term] }}
{%- endmacro %}
