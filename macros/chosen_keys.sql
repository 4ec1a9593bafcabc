{% macro chosen_keys(keys, email_keys, script) -%}
{#- two words of unknown order say nothing: they are keys of both names -#}
case
    when
        {{ script }} = 'kanji'
        and array_length({{ email_keys }}) = 1
        and list_contains({{ keys }}, {{ email_keys }}[1])
        then {{ email_keys }}
    else {{ keys }}
end
{%- endmacro %}
