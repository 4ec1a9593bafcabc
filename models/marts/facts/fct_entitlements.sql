-- One row per entitlement, with the party it belongs to.
with

entitlements as (
    select * from {{ ref('int_entitlements') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        entitlements.entitlement_key,
        current_parties.gpid,
        entitlements.record_key,
        entitlements.source_system,
        entitlements.source_instance,
        entitlements.asset_key,
        entitlements.entitlement_name,
        entitlements.entitlement_type,
        entitlements.starts_on,
        entitlements.ends_on,
        entitlements.entitlement_status,
        entitlements.cases_allowed,
        entitlements.cases_remaining
    from entitlements
    left join current_parties
        on entitlements.record_key = current_parties.record_key
)

select * from final
