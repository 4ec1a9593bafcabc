-- One row per report of a carrier, with the party it belongs to.
with

shipment_events as (
    select * from {{ ref('int_shipment_events') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        shipment_events.shipment_event_key,
        current_parties.gpid,
        shipment_events.record_key,
        shipment_events.source_system,
        shipment_events.source_instance,
        shipment_events.shipment_key,
        shipment_events.occurred_at,
        shipment_events.event_status,
        shipment_events.event_location
    from shipment_events
    left join current_parties
        on shipment_events.record_key = current_parties.record_key
)

select * from final
