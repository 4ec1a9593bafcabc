{% macro salesforce_object(id) -%}
case
    when regexp_matches({{ id }}, '^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$')
        then case substr({{ id }}, 1, 3)
            when '001' then 'account'
            when '003' then 'contact'
            when '00Q' then 'lead'
            when '006' then 'opportunity'
            when '500' then 'case'
        end
end
{%- endmacro %}
