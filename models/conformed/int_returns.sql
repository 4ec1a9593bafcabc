-- One row per returned line of an order.
{{ union_adapters('returns') }}
