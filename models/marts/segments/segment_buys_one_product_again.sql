-- One row per party that bought one product in at least three orders.
with

products as (
    select
        lines.gpid,
        lines.product_name,
        count(distinct lines.order_key) as orders,
        list_sort(list(distinct lines.ordered_at))[3] as third_at
    from {{ ref('fct_order_lines') }} as lines
    where lines.is_sale and lines.gpid is not null
    group by lines.gpid, lines.product_name
    having count(distinct lines.order_key) >= 3
),

final as (
    select
        gpid,
        min(third_at) as since,
        null::timestamp as until,
        string_agg(product_name || ' (' || orders::varchar || ')', ', ' order by product_name)
            as reason
    from products
    group by gpid
)

select * from final
