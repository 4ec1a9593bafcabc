-- A product that is proposed to a party is none that it has bought. One row per proposal that is.
with

proposals as (
    select * from {{ ref('party_next_product') }}
),

sales as (
    select lines.*
    from {{ ref('fct_order_lines') }} as lines
    inner join {{ ref('insight_periods') }} as periods
        on periods.period = 'whole'
        and lines.ordered_at <= periods.observed_until
    where lines.is_sale
)

select distinct
    proposals.gpid,
    proposals.product_id
from proposals
inner join sales
    on proposals.gpid = sales.gpid
    and proposals.product_id = sales.product_id
