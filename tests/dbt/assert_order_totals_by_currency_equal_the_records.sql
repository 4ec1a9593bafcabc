-- Resolving parties neither loses nor multiplies an order: by currency, the facts add up to the
-- conformed orders to the cent, sales and others alike.
with

conformed as (
    select
        currency_code,
        count(*) as orders,
        sum(total_amount) as total,
        sum(case when is_sale then total_amount end) as sales
    from {{ ref('int_orders') }}
    group by currency_code
),

facts as (
    select
        currency_code,
        count(*) as orders,
        sum(total_amount) as total,
        sum(case when is_sale then total_amount end) as sales
    from {{ ref('fct_orders') }}
    group by currency_code
),

differing as (
    {{ rows_that_differ('conformed', 'facts') }}
)

select * from differing
