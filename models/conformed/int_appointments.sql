-- One row per appointment.
{{ union_adapters('appointments') }}
