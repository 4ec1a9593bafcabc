-- A customer has as many sales in its months as it has in the facts.
with

of_months as (
    select
        gpid,
        sum(order_count) as order_count
    from {{ ref('customer_months') }}
    group by gpid
),

of_facts as (
    select
        gpid,
        count(*) as order_count
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null and ordered_at <= {{ build_moment() }}
    group by gpid
)

select
    coalesce(of_months.gpid, of_facts.gpid) as gpid,
    of_months.order_count as in_months,
    of_facts.order_count as in_facts
from of_months
full outer join of_facts
    on of_months.gpid = of_facts.gpid
where of_months.order_count is distinct from of_facts.order_count
