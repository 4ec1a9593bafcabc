-- One row per time that a value turned generic or stopped being so.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}
-- a gate that is closed stops the build before anything is written to the registry
-- depends_on: {{ ref('identity_gates') }}
with

findings as (
    select * from {{ ref('identity_generic_findings') }}
),

known_events as (
    select * from {{ source('registry', 'generic_value_events') }}
),

-- values that were generic when the last build ended
generic_before as (
    select
        party_type,
        identifier_type,
        value
    from known_events
    group by party_type, identifier_type, value
    having sum(case when event_type = 'turned generic' then 1 else -1 end) > 0
),

-- nothing where nothing changed
changes as (
    select
        coalesce(findings.party_type, generic_before.party_type) as party_type,
        coalesce(findings.identifier_type, generic_before.identifier_type) as identifier_type,
        coalesce(findings.value, generic_before.value) as value,
        case when findings.value is null then 'stopped' else 'turned generic' end as event_type,
        findings.reason,
        findings.name_count,
        findings.record_count
    from findings
    full outer join generic_before
        on findings.party_type = generic_before.party_type
        and findings.identifier_type = generic_before.identifier_type
        and findings.value = generic_before.value
    where findings.value is null or generic_before.value is null
),

last_event as (
    select coalesce(max(event_number), 0) as event_number from known_events
),

final as (
    select
        last_event.event_number
        + row_number() over (order by party_type, identifier_type, value) as event_number,
        cast('{{ run_started_at.replace(tzinfo=none) }}' as timestamp) as event_at,
        '{{ invocation_id }}' as run_id,
        event_type,
        party_type,
        identifier_type,
        value,
        reason,
        name_count,
        record_count
    from changes
    cross join last_event
)

select * from final
