-- One row per asset.
{{ union_adapters('assets') }}
