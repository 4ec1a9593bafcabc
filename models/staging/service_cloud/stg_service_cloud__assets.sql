-- One row per asset that is not deleted.
with

assets as (
    select
        *,
        {{ salesforce_id('Id') }} as asset_id,
        {{ salesforce_id('ContactId') }} as contact_id,
        {{ salesforce_id('AccountId') }} as account_id
    from {{ source('service_cloud', 'asset') }}
    where _status = 'accepted' and not _is_deleted
),

person_accounts as (
    select
        source_instance,
        person_contact_id,
        min(record_key) as record_key
    from {{ ref('stg_service_cloud__account') }}
    where person_contact_id is not null
    group by 1, 2
),

final as (
    select
        {{ record_key("'service_cloud'", 'assets._instance', "'asset'", 'asset_id') }}
            as asset_key,
        -- the extracts hold no contacts: one that is no person account counts for its account
        coalesce(
            person_accounts.record_key,
            {{ record_key("'service_cloud'", 'assets._instance', "'account'", 'account_id') }}
        ) as record_key,
        'service_cloud' as source_system,
        assets._instance as source_instance,
        assets.Name as asset_name,
        assets.ProductCode as product_code,
        assets.SerialNumber as serial_number,
        lower(assets.Status) as asset_status,
        assets.PurchaseDate as purchased_on,
        assets.InstallDate as installed_on,
        assets.UsageEndDate as ended_on,
        assets.Quantity as quantity,
        upper(assets.CurrencyIsoCode) as currency_code,
        assets.Price as total_amount
    from assets
    left join person_accounts
        on assets._instance = person_accounts.source_instance
        and assets.contact_id = person_accounts.person_contact_id
)

select * from final
