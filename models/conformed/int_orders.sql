-- One row per order.
{{ union_adapters('orders') }}
