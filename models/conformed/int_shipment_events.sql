-- One row per report of a carrier.
{{ union_adapters('shipment_events') }}
