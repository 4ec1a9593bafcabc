-- One row per currency: the parameters that describe how its customers buy.
with

final as (
    select
        currency_code,
        any_value(purchase_rate_shape) as purchase_rate_shape,
        any_value(purchase_rate_scale) as purchase_rate_scale,
        any_value(dropout_a) as dropout_a,
        any_value(dropout_b) as dropout_b,
        any_value(spend_shape) as spend_shape,
        any_value(spend_q) as spend_q,
        any_value(spend_scale) as spend_scale,
        count(*) as parties
    from {{ ref('purchase_scores') }}
    where period = 'whole'
    group by currency_code
)

select * from final
