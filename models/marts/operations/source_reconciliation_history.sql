-- One row per extract and build: what became of the rows that had landed.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ forget_unpublished_builds() }}"
) }}
select
    '{{ invocation_id }}' as run_id,
    {{ build_moment() }} as built_at,
    source_system,
    source_instance,
    source_object,
    landed,
    accepted,
    quarantined,
    superseded,
    deleted,
    suppressed,
    party_records,
    bridged
from {{ ref('source_reconciliation') }}
