-- One row per entitlement that is not deleted.
with

entitlements as (
    select
        *,
        {{ record_key(
            "'service_cloud'", '_instance', "'entitlement'", salesforce_id('Id')
        ) }} as entitlement_key,
        {{ record_key("'service_cloud'", '_instance', "'asset'", salesforce_id('AssetId')) }}
            as asset_key,
        {{ record_key(
            "'service_cloud'", '_instance', "'account'", salesforce_id('AccountId')
        ) }} as account_key
    from {{ source('service_cloud', 'entitlement') }}
    where _status = 'accepted' and not _is_deleted
),

assets as (
    select * from {{ ref('stg_service_cloud__assets') }}
),

final as (
    select
        entitlements.entitlement_key,
        -- a warranty goes with its piece
        coalesce(assets.record_key, entitlements.account_key) as record_key,
        'service_cloud' as source_system,
        entitlements._instance as source_instance,
        entitlements.asset_key,
        entitlements.Name as entitlement_name,
        lower(entitlements.Type) as entitlement_type,
        entitlements.StartDate as starts_on,
        entitlements.EndDate as ends_on,
        lower(entitlements.Status) as entitlement_status,
        entitlements.CasesPerEntitlement as cases_allowed,
        entitlements.RemainingCases as cases_remaining
    from entitlements
    left join assets
        on entitlements.asset_key = assets.asset_key
)

select * from final
