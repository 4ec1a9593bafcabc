-- One row per entitlement.
{{ union_adapters('entitlements') }}
