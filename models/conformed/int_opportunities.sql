-- One row per opportunity.
{{ union_adapters('opportunities') }}
