-- One row per build and gate that it passed by an override.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}
with

overridden as (
    select * from {{ ref('identity_gates') }}
    where is_overridden
),

commits as (
    select commit_number from {{ ref('identity_proposed_events') }}
    union all
    select commit_number from {{ source('registry', 'gpid_events') }}
),

head as (
    select coalesce(max(commit_number), 0) as commit_number from commits
),

final as (
    select
        head.commit_number,
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
            as recorded_at,
        '{{ invocation_id }}' as run_id,
        '{{ var("actor") | replace("'", "''") }}' as actor,
        overridden.gate,
        overridden.measured,
        overridden.allowed,
        overridden.override_reason as reason,
        overridden.detail
    from overridden
    cross join head
    -- running this model twice records once
    where '{{ invocation_id }}' not in (
        select run_id from {{ source('registry', 'gate_overrides') }}
    )
)

select * from final
