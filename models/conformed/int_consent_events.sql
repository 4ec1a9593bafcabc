-- One row per consent event and contact point, as the source tells it.
{{ union_adapters('consent_events') }}
