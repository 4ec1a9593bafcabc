-- One row per open opportunity and open case of its party or of somebody who works there.
with

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where not is_closed and gpid is not null
),

cases as (
    select * from {{ ref('fct_cases') }}
    where not is_closed and gpid is not null
),

final as (
    select
        opportunities.opportunity_key,
        cases.case_key,
        opportunities.gpid,
        cases.gpid as case_gpid,
        members.relation,
        opportunities.stage,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.close_date,
        cases.case_number,
        cases.priority,
        cases.case_status,
        cases.opened_at
    from opportunities
    inner join {{ ref('account_members') }} as members
        on opportunities.gpid = members.account_gpid
    inner join cases
        on members.gpid = cases.gpid
)

select * from final
