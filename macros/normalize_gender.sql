{% macro normalize_gender(expression) -%}
case
    when lower(trim({{ expression }})) in ('m', 'male', 'man', 'mr', '男', '男性', 'männlich', 'homme')
        then 'm'
    when lower(trim({{ expression }})) in ('f', 'female', 'woman', 'w', '女', '女性', 'weiblich', 'femme')
        then 'f'
end
{%- endmacro %}
