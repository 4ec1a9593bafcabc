-- The record that a fact names is delivered, live or deleted. Only a warning: extracts taken at
-- different times, or without some object, hold facts of records that they do not hold.
{{ config(severity='warn') }}
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
    union all
    select post_key as fact_key, record_key, gpid from {{ ref('fct_social_posts') }}
    union all
    select review_key as fact_key, record_key, gpid from {{ ref('fct_reviews') }}
    union all
    select appointment_key as fact_key, record_key, gpid from {{ ref('fct_appointments') }}
)

select
    facts.fact_key,
    facts.record_key
from facts
left join {{ ref('int_party_records') }} as records
    on facts.record_key = records.record_key
where facts.record_key is not null and records.record_key is null
