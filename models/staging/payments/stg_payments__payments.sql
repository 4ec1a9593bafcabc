-- One row per charge of the live mode that is not deleted.
with

charges as (
    select
        *,
        lower(status) = 'succeeded' as is_successful,
        {{ from_minor_units('amount', 'currency') }} as whole_amount,
        {{ from_minor_units('coalesce(amount_refunded, 0)', 'currency') }} as refunded_amount
    from {{ source('payments', 'charge') }}
    where _status = 'accepted' and not _is_deleted and coalesce(livemode, true)
),

final as (
    select
        {{ record_key("'payments'", '_instance', "'charge'", 'id') }} as payment_key,
        {{ record_key("'payments'", '_instance', "'customer'", 'customer') }} as record_key,
        'payments' as source_system,
        _instance as source_instance,
        {{ record_key("'commerce_cloud'", 'site', "'order'", 'order_number') }} as order_key,
        created as charged_at,
        case
            when not is_successful then lower(status)
            when disputed then 'disputed'
            when refunded or refunded_amount >= whole_amount then 'refunded'
            when refunded_amount > 0 then 'partially_refunded'
            else lower(status)
        end as payment_status,
        coalesce(is_successful, false) as is_successful,
        lower(payment_method_type) as payment_method,
        failure_code,
        upper(currency) as currency_code,
        whole_amount as amount,
        refunded_amount,
        case when is_successful then whole_amount - refunded_amount else 0 end as net_amount
    from charges
)

select * from final
