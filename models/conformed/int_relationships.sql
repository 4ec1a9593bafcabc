-- One row per declared relation of a person's record to an organization's.
{{ union_adapters('relationships') }}
