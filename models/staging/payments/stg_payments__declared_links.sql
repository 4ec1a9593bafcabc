-- One row per customer with a number in a shop, and per customer and guest's order that was paid.
with

customers as (
    select
        {{ record_key("'payments'", '_instance', "'customer'", 'id') }} as record_key_a,
        {{ record_key("'commerce_cloud'", 'site', "'customer'", 'customer_number') }}
            as record_key_b,
        'customer_number' as link_type,
        'payments/' || _instance || '/customer' as declared_by,
        created as declared_at
    from {{ source('payments', 'customer') }}
    where _status = 'accepted' and not _is_deleted and coalesce(livemode, true)
),

-- an order that is no guest's has no record of this name, so that the link says nothing
orders as (
    select
        record_key as record_key_a,
        replace(order_key, '/order/', '/guest_order/') as record_key_b,
        'order_number' as link_type,
        'payments/' || source_instance || '/charge' as declared_by,
        min(charged_at) as declared_at
    from {{ ref('stg_payments__payments') }}
    where is_successful and record_key is not null
    group by 1, 2, 3, 4
)

select * from customers
where record_key_b is not null
union all
select * from orders
where record_key_b is not null
