-- One row per quote.
{{ union_adapters('quotes') }}
