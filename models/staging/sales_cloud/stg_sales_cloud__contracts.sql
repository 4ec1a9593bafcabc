-- One row per contract that is not deleted.
with

contracts as (
    select
        *,
        -- Salesforce ends a contract the day before its months are full
        coalesce(
            EndDate,
            cast(StartDate + interval (ContractTerm) month as date) - 1
        ) as ends_on
    from {{ source('sales_cloud', 'contract') }}
    where _status = 'accepted' and not _is_deleted
),

final as (
    select
        {{ record_key("'sales_cloud'", '_instance', "'contract'", salesforce_id('Id')) }}
            as contract_key,
        {{ record_key(
            "'sales_cloud'", '_instance', "'account'", salesforce_id('AccountId')
        ) }} as record_key,
        'sales_cloud' as source_system,
        _instance as source_instance,
        ContractNumber as contract_number,
        lower(Status) as contract_status,
        {{ record_key(
            "'sales_cloud'", '_instance', "'opportunity'", salesforce_id('Opportunity__c')
        ) }} as opportunity_key,
        {{ record_key(
            "'sales_cloud'", '_instance', "'opportunity'", salesforce_id('RenewalOpportunity__c')
        ) }} as renewal_opportunity_key,
        upper(CurrencyIsoCode) as currency_code,
        ContractValue__c as total_amount,
        StartDate as starts_on,
        ends_on,
        ContractTerm as term_months,
        coalesce(AutoRenewal__c, false) as is_auto_renewal,
        ends_on + 1 as renewal_date,
        OwnerExpirationNotice as notice_days,
        cast(
            ends_on + 1 - cast(coalesce(nullif(OwnerExpirationNotice, 0), 1) as integer) as date
        ) as notice_date,
        CreatedDate as created_at,
        ActivatedDate as activated_at
    from contracts
)

select * from final
