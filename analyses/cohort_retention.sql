-- One row per quarter of a first order and quarter since: how many of the cohort bought again.
with

sales as (
    select
        gpid,
        date_trunc('quarter', ordered_at) as quarter
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

-- by party: a customer who comes back under another record is no new customer
cohorts as (
    select
        gpid,
        min(quarter) as cohort
    from sales
    group by gpid
),

sizes as (
    select
        cohort,
        count(*) as customers
    from cohorts
    group by cohort
),

active as (
    select
        cohorts.cohort,
        datediff('quarter', cohorts.cohort, sales.quarter) as quarters_since,
        count(distinct sales.gpid) as active_customers
    from sales
    inner join cohorts on sales.gpid = cohorts.gpid
    group by cohorts.cohort, quarters_since
),

final as (
    select
        active.cohort::date as cohort,
        active.quarters_since,
        sizes.customers,
        active.active_customers,
        round(active.active_customers / sizes.customers, 3) as retention
    from active
    inner join sizes on active.cohort = sizes.cohort
)

select * from final
order by cohort, quarters_since
