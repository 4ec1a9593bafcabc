-- One row per declared relation of a person's record to an organization's or a relative's.
{{ union_adapters('relationships') }}
