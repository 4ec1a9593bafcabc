-- One row per cart.
{{ union_adapters('carts') }}
