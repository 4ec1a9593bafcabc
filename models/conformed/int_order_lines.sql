-- One row per order line.
{{ union_adapters('order_lines') }}
