-- One row per quote that is not deleted.
with

quotes as (
    select
        *,
        {{ record_key("'sales_cloud'", '_instance', "'quote'", salesforce_id('Id')) }}
            as quote_key,
        {{ record_key(
            "'sales_cloud'", '_instance', "'opportunity'", salesforce_id('OpportunityId')
        ) }} as opportunity_key
    from {{ source('sales_cloud', 'quote') }}
    where _status = 'accepted' and not _is_deleted
),

lines as (
    select
        {{ record_key("'sales_cloud'", '_instance', "'quote'", salesforce_id('QuoteId')) }}
            as quote_key,
        count(*) as line_count,
        sum(TotalPrice) as line_amount
    from {{ source('sales_cloud', 'quote_line_item') }}
    where _status = 'accepted' and not _is_deleted
    group by 1
),

opportunities as (
    select * from {{ ref('stg_sales_cloud__opportunities') }}
),

final as (
    select
        quotes.quote_key,
        -- the account of the deal, where the extract leaves that of the quote out
        coalesce(
            {{ record_key(
                "'sales_cloud'", 'quotes._instance', "'account'",
                salesforce_id('quotes.AccountId')
            ) }},
            opportunities.record_key
        ) as record_key,
        'sales_cloud' as source_system,
        quotes._instance as source_instance,
        quotes.opportunity_key,
        quotes.QuoteNumber as quote_number,
        quotes.Name as quote_name,
        lower(quotes.Status) as quote_status,
        upper(quotes.CurrencyIsoCode) as currency_code,
        quotes.GrandTotal as total_amount,
        quotes.Tax as tax_amount,
        quotes.TotalPrice as product_amount,
        quotes.CreatedDate as created_at,
        quotes.ExpirationDate as expires_on,
        coalesce(lines.line_count, 0) as line_count,
        lines.line_amount
    from quotes
    left join lines
        on quotes.quote_key = lines.quote_key
    left join opportunities
        on quotes.opportunity_key = opportunities.opportunity_key
)

select * from final
