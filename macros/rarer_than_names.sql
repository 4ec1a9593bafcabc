{% macro rarer_than_names(party_type, term) -%}
{#- a company has its registration number from a register: another name with it is a new name -#}
case when {{ party_type }} = 'organization' and {{ term }} = 'national_id' then 10 else 1 end
{%- endmacro %}
