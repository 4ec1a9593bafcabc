-- One row per order, with the registered customer whose order it is, or as a guest's.
with

orders as (
    select * from {{ source('commerce_cloud', 'order') }}
    where _status = 'accepted'
),

customers as (
    select * from {{ ref('stg_commerce_cloud__customer_ids') }}
),

customers_by_id as (
    select
        source_instance,
        customer_id,
        min(customer_no) as customer_no
    from customers
    where customer_id is not null
    group by 1, 2
),

-- a guest's order carries a generated number: only a number in the list, or on an order that
-- says it is no guest's, names a customer
attributed as (
    select
        orders.*,
        coalesce(
            customers.customer_no,
            customers_by_id.customer_no,
            case when orders.guest = false then orders.customerNo end
        ) as linked_customer_no
    from orders
    left join customers
        on orders._instance = customers.source_instance
        and orders.customerNo = customers.customer_no
    left join customers_by_id
        on orders._instance = customers_by_id.source_instance
        and orders.customerId = customers_by_id.customer_id
),

final as (
    select
        * exclude (
            _file, _row_number, _loaded_at, _status, _reason, _payload, _invalid_values
        ),
        {{ record_key("'commerce_cloud'", '_instance', "'order'", 'orderNo') }} as order_key,
        linked_customer_no is null as is_guest,
        case
            when linked_customer_no is null
                then {{ record_key(
                    "'commerce_cloud'", '_instance', "'guest_order'", 'orderNo'
                ) }}
            else {{ record_key(
                "'commerce_cloud'", '_instance', "'customer'", 'linked_customer_no'
            ) }}
        end as record_key
    from attributed
)

select * from final
