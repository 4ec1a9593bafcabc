-- One row per case.
{{ union_adapters('cases') }}
