{% macro term_values(term, record) -%}
{%- set columns = {
    'family_key': 'family_keys',
    'given_key': 'given_nickname_keys',
    'name_key': 'name_keys',
    'name_stem': 'name_stems',
    'name_word': 'name_words',
    'email': 'emails',
    'phone': 'phones',
    'domain': 'company_domains',
} -%}
{{ record }}.{{ columns[term] }}
{%- endmacro %}
