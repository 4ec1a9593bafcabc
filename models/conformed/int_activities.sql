-- One row per activity.
{{ union_adapters('activities') }}
