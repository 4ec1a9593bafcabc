-- product_demand sells exactly what the order lines sold, to the cent and the piece. One row per
-- currency where it does not.
with

demand as (
    select
        currency_code,
        sum(units) as units,
        sum(amount) as amount
    from {{ ref('product_demand') }}
    group by currency_code
),

lines as (
    select
        currency_code,
        sum(quantity) as units,
        sum(line_amount) as amount
    from {{ ref('fct_order_lines') }}
    where is_sale and ordered_at is not null
    group by currency_code
)

select
    coalesce(demand.currency_code, lines.currency_code) as currency_code,
    demand.amount as amount_of_demand,
    lines.amount as amount_of_lines
from demand
full join lines
    on demand.currency_code is not distinct from lines.currency_code
where
    demand.amount is distinct from lines.amount
    or round(demand.units, 6) is distinct from round(lines.units, 6)
