-- Every returned line is a fact: counts, units and refunds per instance and currency equal those
-- of the extracts to the cent. A line that names no currency has that of its order.
{{ config(enabled='commerce_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        returns._instance as source_instance,
        upper(coalesce(returns.currency, orders.currency)) as currency_code,
        count(*) as lines,
        sum(returns.quantity) as units,
        sum(returns.refundAmount) as refunds
    from {{ source('commerce_cloud', 'return') }} as returns
    left join {{ source('commerce_cloud', 'order') }} as orders
        on returns._instance = orders._instance
        and returns.orderNo = orders.orderNo
        and orders._status = 'accepted'
    where returns._status = 'accepted' and not returns._is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        currency_code,
        count(*) as lines,
        sum(quantity) as units,
        sum(refund_amount) as refunds
    from {{ ref('fct_returns') }}
    where source_system = 'commerce_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
