-- A fact of a record that some party holds has that very party; a fact of a deleted, unknown or
-- missing record has none.
with

facts as (
    {%- for shape, key in fact_keys().items() %}
    select
        {{ key }} as fact_key,
        record_key,
        gpid
    from {{ ref('fct_' ~ shape) }}
    {% if shape == 'activities' -%}
    -- an anonymous visit has the party of its device, and no record
    where attributed_by is distinct from 'device'
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

bridge as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
)

select
    facts.fact_key,
    facts.record_key,
    facts.gpid
from facts
left join bridge
    on facts.record_key = bridge.record_key
where facts.gpid is distinct from bridge.gpid
