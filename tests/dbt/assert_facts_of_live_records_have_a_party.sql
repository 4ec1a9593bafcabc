-- The record of a fact is in the current bridge unless it is deleted or in quarantine. A record
-- that is not delivered at all is what assert_facts_name_delivered_records looks for.
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
