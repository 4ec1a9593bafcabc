-- What parties have spent (party_lifetime_value) is what their sales are worth, to the cent, up to
-- the moment that the facts have reached. One row per currency where it is not.
with

spent as (
    select
        currency_code,
        sum(historic_value) as amount,
        sum(order_count) as orders
    from {{ ref('party_lifetime_value') }}
    group by currency_code
),

sold as (
    select
        orders.currency_code,
        sum(orders.total_amount) as amount,
        count(*) as orders
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('insight_periods') }} as periods
        on periods.period = 'whole'
        and orders.ordered_at <= periods.observed_until
    where
        orders.is_sale
        and orders.gpid is not null
        and orders.total_amount > 0
        and orders.currency_code is not null
    group by orders.currency_code
)

select
    coalesce(spent.currency_code, sold.currency_code) as currency_code,
    spent.amount as amount_of_parties,
    sold.amount as amount_of_sales
from spent
full join sold
    on spent.currency_code = sold.currency_code
where
    spent.amount is distinct from sold.amount
    or spent.orders is distinct from sold.orders
