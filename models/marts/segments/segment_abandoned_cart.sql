-- One row per party that left a cart within the last 30 days and has not bought since.
with

carts as (
    select
        carts.gpid,
        max(carts.last_modified_at) as left_at,
        arg_max(carts.item_count, carts.last_modified_at) as items,
        arg_max(
            carts.total_amount::varchar || ' ' || carts.currency_code, carts.last_modified_at
        ) as worth
    from {{ ref('fct_carts') }} as carts
    cross join {{ ref('int_as_of') }} as reached
    where
        carts.gpid is not null
        and carts.next_order_key is null
        -- in the last hour somebody may still be shopping
        and carts.last_modified_at between
        reached.as_of - interval 30 day and reached.as_of - interval 1 hour
    group by carts.gpid
),

final as (
    select
        gpid,
        left_at as since,
        left_at + interval 30 day as until,
        coalesce(items, 0)::varchar || ' item(s) in the cart, ' || coalesce(worth, 'no total')
            as reason
    from carts
)

select * from final
