-- One row per company's record, kind of hierarchy and record of the company above it.
{{ union_adapters('organization_parents') }}
