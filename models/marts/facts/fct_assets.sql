-- One row per asset, with the party it belongs to.
with

assets as (
    select * from {{ ref('int_assets') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        assets.asset_key,
        current_parties.gpid,
        assets.record_key,
        assets.source_system,
        assets.source_instance,
        assets.asset_name,
        assets.product_code,
        assets.serial_number,
        assets.asset_status,
        assets.purchased_on,
        assets.installed_on,
        assets.ended_on,
        assets.quantity,
        assets.currency_code,
        assets.total_amount
    from assets
    left join current_parties
        on assets.record_key = current_parties.record_key
)

select * from final
