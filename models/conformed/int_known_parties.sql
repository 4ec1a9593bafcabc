-- One row per record of which it is known who it is.
{{ union_adapters('known_parties') }}
