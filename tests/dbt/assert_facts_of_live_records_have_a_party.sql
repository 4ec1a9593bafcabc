-- The record of a fact is in the current bridge unless it is deleted or in quarantine. A record
-- that is not delivered at all is what assert_facts_name_delivered_records looks for.
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
),

live_records as (
    select record_key
    from {{ ref('int_party_records') }}
    where
        not is_deleted
        and record_key not in (
            select record_key from {{ ref('identity_recycled_keys') }}
            where outcome = 'quarantined'
        )
)

select
    facts.fact_key,
    facts.record_key
from facts
inner join live_records
    on facts.record_key = live_records.record_key
where facts.gpid is null
