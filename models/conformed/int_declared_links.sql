-- One row per pair of records that a source declares to be one party.
{{ union_adapters('declared_links') }}
