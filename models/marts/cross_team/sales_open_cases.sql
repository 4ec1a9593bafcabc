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

-- whose cases matter to whoever sells to a party
close_parties as (
    select
        gpid as account_gpid,
        gpid,
        'same party' as relation
    from {{ ref('dim_party') }}
    union
    select
        related_gpid,
        gpid,
        'works there'
    from {{ ref('party_relationship') }}
    where relationship_type = 'contact_of'
),

final as (
    select
        opportunities.opportunity_key,
        cases.case_key,
        opportunities.gpid,
        cases.gpid as case_gpid,
        close_parties.relation,
        opportunities.stage,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.close_date,
        cases.case_number,
        cases.priority,
        cases.case_status,
        cases.opened_at
    from opportunities
    inner join close_parties
        on opportunities.gpid = close_parties.account_gpid
    inner join cases
        on close_parties.gpid = cases.gpid
)

select * from final
