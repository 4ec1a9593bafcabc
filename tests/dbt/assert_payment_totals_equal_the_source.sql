-- Every charge of the live mode is a fact: counts, amounts and refunds per instance and currency
-- equal those of the extracts to the cent. What came in is the sum of what succeeded without what
-- was paid back.
{{ config(enabled='payments' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        upper(currency) as currency_code,
        count(*) as payments,
        {{ from_minor_units('sum(amount)', 'max(currency)') }} as total,
        {{ from_minor_units('sum(coalesce(amount_refunded, 0))', 'max(currency)') }} as refunds,
        {{ from_minor_units(
            "sum(case when lower(status) = 'succeeded'"
            ~ " then amount - coalesce(amount_refunded, 0) else 0 end)",
            'max(currency)'
        ) }} as net
    from {{ source('payments', 'charge') }}
    where _status = 'accepted' and not _is_deleted and coalesce(livemode, true)
    group by 1, 2
),

facts as (
    select
        source_instance,
        currency_code,
        count(*) as payments,
        sum(amount) as total,
        sum(refunded_amount) as refunds,
        sum(net_amount) as net
    from {{ ref('fct_payments') }}
    where source_system = 'payments'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
