{% macro display_name(full_name, given_name, family_name) -%}
{#- written as its script has it: family name first without Latin letters, given name first with -#}
case
    when {{ given_name }} is null and {{ family_name }} is null then {{ full_name }}
    when regexp_matches(coalesce({{ family_name }}, {{ given_name }}), '[A-Za-zÀ-ž]')
        then concat_ws(' ', {{ given_name }}, {{ family_name }})
    else concat_ws(' ', {{ family_name }}, {{ given_name }})
end
{%- endmacro %}
