{% macro from_minor_units(amount, currency) -%}
{#- multiplied, not divided: a division of decimals is a double in DuckDB -#}
cast(
    cast({{ amount }} as decimal(18, 0)) * case
        when upper({{ currency }}) in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF'
        ) then cast(1 as decimal(4, 3))
        when upper({{ currency }}) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND')
            then cast(0.001 as decimal(4, 3))
        else cast(0.01 as decimal(4, 3))
    end as decimal(18, 2)
)
{%- endmacro %}
