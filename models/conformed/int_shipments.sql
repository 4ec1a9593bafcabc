-- One row per parcel.
{{ union_adapters('shipments') }}
