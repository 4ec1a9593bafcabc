-- A fact of a record that some party holds has that very party; a fact of a deleted, unknown or
-- missing record has none.
with

facts as (
    select order_key as fact_key, record_key, gpid from {{ ref('fct_orders') }}
    union all
    select order_line_key as fact_key, record_key, gpid from {{ ref('fct_order_lines') }}
    union all
    select opportunity_key as fact_key, record_key, gpid from {{ ref('fct_opportunities') }}
    union all
    select case_key as fact_key, record_key, gpid from {{ ref('fct_cases') }}
    union all
    select activity_key as fact_key, record_key, gpid from {{ ref('fct_activities') }}
    where attributed_by is distinct from 'device'
    union all
    select post_key as fact_key, record_key, gpid from {{ ref('fct_social_posts') }}
    union all
    select review_key as fact_key, record_key, gpid from {{ ref('fct_reviews') }}
    union all
    select appointment_key as fact_key, record_key, gpid from {{ ref('fct_appointments') }}
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
