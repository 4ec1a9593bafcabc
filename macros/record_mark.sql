{% macro record_mark(kind, value) -%}
{#- half of the hash: enough to tell two values apart, too little to tell which values they are -#}
case
    when {{ value }} is not null then cast(
        hash(getvariable('mark_salt') || '{{ kind }}:' || {{ value }}) & 4294967295 as uinteger
    )
end
{%- endmacro %}
