-- One row per party whose contract ends within the next 60 days.
with

contracts as (
    select
        contracts.gpid,
        min(contracts.renewal_date) as renewal_date,
        max(contracts.renewal_date) as last_renewal_date,
        min(contracts.starts_on) as starts_on,
        count(*) as contracts,
        count(contracts.renewal_opportunity_key) as deals
    from {{ ref('fct_contracts') }} as contracts
    cross join {{ ref('int_as_of') }} as reached
    where
        contracts.gpid is not null
        and contracts.contract_status = 'activated'
        and contracts.renewal_date between
        reached.as_of::date and reached.as_of::date + interval 60 day
    group by contracts.gpid
),

final as (
    select
        gpid,
        greatest(renewal_date - interval 60 day, starts_on::timestamp) as since,
        (last_renewal_date + interval 1 day)::timestamp as until,
        contracts::varchar || ' contract(s), the next renews on ' || renewal_date::varchar
        || case when deals = 0 then ', no renewal deal' else ', in negotiation' end as reason
    from contracts
)

select * from final
