{% macro wilson_bound(successes, trials, side) -%}
{#- Wilson's score interval at 95 %: Wilson 1927, JASA 22, 209-212 -#}
{%- set z = 1.959964 -%}
case
    when {{ trials }} > 0 then
        (
            {{ successes }} + {{ z * z / 2 }}
            {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(
                {{ successes }} * ({{ trials }} - {{ successes }}) / {{ trials }}
                + {{ z * z / 4 }}
            )
        ) / ({{ trials }} + {{ z * z }})
end
{%- endmacro %}
