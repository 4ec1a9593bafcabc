-- One row per returned line of an order, with the party it belongs to.
with

returns as (
    select * from {{ ref('int_returns') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        returns.return_line_key,
        current_parties.gpid,
        returns.record_key,
        returns.source_system,
        returns.source_instance,
        returns.order_key,
        returns.order_line_key,
        returns.return_number,
        returns.return_reason,
        returns.return_status,
        returns.quantity,
        returns.currency_code,
        returns.refund_amount,
        returns.returned_at,
        returns.refunded_at
    from returns
    left join current_parties
        on returns.record_key = current_parties.record_key
)

select * from final
