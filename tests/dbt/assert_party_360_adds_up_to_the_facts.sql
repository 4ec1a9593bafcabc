-- What party_360 counts and sums over all parties is what the facts have of known parties.
with

of_parties as (
    select
        sum(order_count) as orders,
        sum(case_count) as cases,
        sum(open_case_count) as open_cases,
        sum(open_opportunity_count) as open_opportunities
    from {{ ref('party_360') }}
),

of_facts as (
    select
        (
            select count(*) from {{ ref('fct_orders') }}
            where is_sale and gpid is not null
        ) as orders,
        (
            select count(*) from {{ ref('fct_cases') }}
            where gpid is not null
        ) as cases,
        (
            select count(*) from {{ ref('fct_cases') }}
            where not is_closed and gpid is not null
        ) as open_cases,
        (
            select count(*) from {{ ref('fct_opportunities') }}
            where not is_closed and gpid is not null
        ) as open_opportunities
),

revenue_of_parties as (
    select
        each.currency_code,
        sum(each.amount) as amount
    from (select unnest(revenue) as each from {{ ref('party_360') }}) as unnested
    group by each.currency_code
),

revenue_of_facts as (
    select
        currency_code,
        sum(total_amount) as amount
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by currency_code
),

differing as (
    select 'counts' as what
    from of_parties
    cross join of_facts
    where
        coalesce(of_parties.orders, 0) <> of_facts.orders
        or coalesce(of_parties.cases, 0) <> of_facts.cases
        or coalesce(of_parties.open_cases, 0) <> of_facts.open_cases
        or coalesce(of_parties.open_opportunities, 0) <> of_facts.open_opportunities
    union all
    select 'revenue'
    from revenue_of_parties
    full join revenue_of_facts
        on revenue_of_parties.currency_code = revenue_of_facts.currency_code
    where revenue_of_parties.amount is distinct from revenue_of_facts.amount
)

select * from differing
