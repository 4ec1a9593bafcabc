-- One row per opportunity that is not deleted.
with

opportunities as (
    select
        *,
        {{ salesforce_id('Id') }} as opportunity_id
    from {{ source('sales_cloud', 'opportunity') }}
    where _status = 'accepted' and not _is_deleted
),

lines as (
    select
        _instance,
        {{ salesforce_id('OpportunityId') }} as opportunity_id,
        count(*) as line_count,
        sum(TotalPrice) as line_amount
    from {{ source('sales_cloud', 'opportunity_line_item') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

final as (
    select
        {{ record_key(
            "'sales_cloud'", 'opportunities._instance', "'opportunity'",
            'opportunities.opportunity_id'
        ) }} as opportunity_key,
        {{ record_key(
            "'sales_cloud'", 'opportunities._instance', "'account'",
            salesforce_id('opportunities.AccountId')
        ) }} as record_key,
        'sales_cloud' as source_system,
        opportunities._instance as source_instance,
        opportunities.Name as opportunity_name,
        opportunities.StageName as stage,
        opportunities.Amount as amount,
        upper(opportunities.CurrencyIsoCode) as currency_code,
        opportunities.CloseDate as close_date,
        opportunities.IsClosed as is_closed,
        opportunities.IsWon as is_won,
        opportunities.CreatedDate as created_at,
        coalesce(lines.line_count, 0) as line_count,
        lines.line_amount
    from opportunities
    left join lines
        on opportunities._instance = lines._instance
        and opportunities.opportunity_id = lines.opportunity_id
)

select * from final
