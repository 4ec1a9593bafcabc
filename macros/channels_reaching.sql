{% macro channels_reaching(contact_point_type) -%}
case {{ contact_point_type }}
    when 'email' then ['email']
    when 'phone' then ['phone', 'sms']
    else ['push', 'web']
end
{%- endmacro %}
