-- Each fact table has as many rows as the conformed table it is made from.
with

counts as (
    {%- for shape in fact_keys() %}
    select
        '{{ shape }}' as shape,
        (select count(*) from {{ ref('int_' ~ shape) }}) as conformed,
        (select count(*) from {{ ref('fct_' ~ shape) }}) as facts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from counts
where conformed <> facts
