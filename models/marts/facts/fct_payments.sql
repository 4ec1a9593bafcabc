-- One row per payment, with the party who paid.
with

payments as (
    select * from {{ ref('int_payments') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

-- whom the provider does not know is the customer of the order
attributed as (
    select
        payments.* exclude (record_key),
        coalesce(payments.record_key, orders.record_key) as record_key
    from payments
    left join orders
        on payments.order_key = orders.order_key
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        attributed.payment_key,
        current_parties.gpid,
        attributed.record_key,
        attributed.source_system,
        attributed.source_instance,
        attributed.order_key,
        attributed.charged_at,
        attributed.payment_status,
        attributed.is_successful,
        attributed.payment_method,
        attributed.failure_code,
        attributed.currency_code,
        attributed.amount,
        attributed.refunded_amount,
        attributed.net_amount
    from attributed
    left join current_parties
        on attributed.record_key = current_parties.record_key
)

select * from final
