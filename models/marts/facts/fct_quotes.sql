-- One row per quote, with the party it belongs to.
with

quotes as (
    select * from {{ ref('int_quotes') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        quotes.quote_key,
        current_parties.gpid,
        quotes.record_key,
        quotes.source_system,
        quotes.source_instance,
        quotes.opportunity_key,
        quotes.quote_number,
        quotes.quote_name,
        quotes.quote_status,
        quotes.currency_code,
        quotes.total_amount,
        quotes.tax_amount,
        quotes.product_amount,
        quotes.created_at,
        quotes.expires_on,
        quotes.line_count,
        quotes.line_amount
    from quotes
    left join current_parties
        on quotes.record_key = current_parties.record_key
)

select * from final
