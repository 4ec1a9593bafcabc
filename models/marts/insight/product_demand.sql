-- One row per month, place, product and currency: what was sold.
with

lines as (
    select
        lines.*,
        coalesce(orders.site, orders.source_system || '/' || orders.source_instance) as place
    from {{ ref('fct_order_lines') }} as lines
    inner join {{ ref('fct_orders') }} as orders
        on lines.order_key = orders.order_key
    where lines.is_sale and lines.ordered_at is not null
),

months as (
    select
        cast(date_trunc('month', ordered_at) as date) as month,
        place,
        product_id,
        currency_code,
        min(product_name) as product_name,
        count(distinct order_key) as orders,
        count(distinct gpid) as parties,
        sum(quantity) as units,
        cast(sum(line_amount) as decimal(18, 2)) as amount
    from lines
    group by all
),

final as (
    select
        months.month,
        months.place,
        months.product_id,
        months.product_name,
        months.currency_code,
        months.orders,
        months.parties,
        months.units,
        months.amount,
        coalesce(before.units, 0) as units_of_month_before,
        coalesce(year_before.units, 0) as units_of_year_before
    from months
    left join months as before
        on months.month = before.month + interval 1 month
        and months.place = before.place
        and months.product_id is not distinct from before.product_id
        and months.currency_code is not distinct from before.currency_code
    left join months as year_before
        on months.month = year_before.month + interval 1 year
        and months.place = year_before.place
        and months.product_id is not distinct from year_before.product_id
        and months.currency_code is not distinct from year_before.currency_code
)

select * from final
