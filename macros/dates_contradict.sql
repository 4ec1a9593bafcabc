{% macro dates_contradict(birth_date, other_birth_date) -%}
{#- a slip of one digit or a swap of day and month is no contradiction -#}
(
    damerau_levenshtein(
        strftime({{ birth_date }}, '%Y%m%d'), strftime({{ other_birth_date }}, '%Y%m%d')
    ) > 1
    and strftime({{ birth_date }}, '%Y%m%d') <> strftime({{ other_birth_date }}, '%Y%d%m')
)
{%- endmacro %}
