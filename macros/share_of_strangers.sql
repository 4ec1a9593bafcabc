{% macro share_of_strangers(party_type, term) -%}
{#- a company has its registration number from a register: another name with it is a new name -#}
case when {{ party_type }} = 'organization' and {{ term }} = 'national_id' then 0.1 else 1 end
{%- endmacro %}
