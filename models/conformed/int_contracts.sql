-- One row per contract.
{{ union_adapters('contracts') }}
