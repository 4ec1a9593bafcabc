-- The record that a fact names is delivered, live or deleted. Only a warning: extracts taken at
-- different times, or without some object, hold facts of records that they do not hold.
{{ config(severity='warn') }}
with

facts as (
    {%- for shape, key in fact_keys().items() %}
    select
        {{ key }} as fact_key,
        record_key,
        gpid
    from {{ ref('fct_' ~ shape) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    facts.fact_key,
    facts.record_key
from facts
left join {{ ref('int_party_records') }} as records
    on facts.record_key = records.record_key
where facts.record_key is not null and records.record_key is null
