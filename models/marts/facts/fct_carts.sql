-- One row per cart, with the party it belongs to and the order that followed.
with

carts as (
    select * from {{ ref('int_carts') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

of_parties as (
    select
        carts.*,
        current_parties.gpid
    from carts
    left join current_parties
        on carts.record_key = current_parties.record_key
),

sales as (
    select * from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

-- sales of the party after the last change to the cart, the first one first
later_sales as (
    select
        of_parties.cart_key,
        sales.order_key,
        sales.ordered_at,
        row_number() over (
            partition by of_parties.cart_key order by sales.ordered_at, sales.order_key
        ) as place
    from of_parties
    inner join sales
        on of_parties.gpid = sales.gpid
        and of_parties.last_modified_at <= sales.ordered_at
),

final as (
    select
        of_parties.cart_key,
        of_parties.gpid,
        of_parties.record_key,
        of_parties.source_system,
        of_parties.source_instance,
        of_parties.anonymous_id,
        of_parties.created_at,
        of_parties.last_modified_at,
        of_parties.item_count,
        of_parties.currency_code,
        of_parties.total_amount,
        later_sales.order_key as next_order_key,
        later_sales.ordered_at as next_ordered_at
    from of_parties
    left join later_sales
        on of_parties.cart_key = later_sales.cart_key
        and later_sales.place = 1
)

select * from final
