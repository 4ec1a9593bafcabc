-- One row per parcel, with the party it belongs to.
with

shipments as (
    select * from {{ ref('int_shipments') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        shipments.shipment_key,
        current_parties.gpid,
        shipments.record_key,
        shipments.source_system,
        shipments.source_instance,
        shipments.order_key,
        shipments.carrier,
        shipments.shipping_method,
        shipments.tracking_number,
        shipments.shipment_status,
        shipments.created_at,
        shipments.shipped_at,
        shipments.promised_on,
        shipments.delivered_at,
        shipments.event_count,
        shipments.last_event_at
    from shipments
    left join current_parties
        on shipments.record_key = current_parties.record_key
)

select * from final
