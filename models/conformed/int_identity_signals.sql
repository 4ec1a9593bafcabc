-- One row per time that a device shows whose it is.
{{ union_adapters('identity_signals') }}
