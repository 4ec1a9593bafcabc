-- One row per source record of a person or an organization.
{{ union_adapters('party_records') }}
