-- One row per decision of a steward that a build saw for the first time, or no longer saw.
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

decisions as (
    select
        record_key_a,
        record_key_b,
        decision,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from {{ ref('identity_decisions') }}
),

-- a decision can be withdrawn and taken again: its last event says whether it stands
logged as (
    select
        *,
        row_number() over (
            partition by record_key_a, record_key_b, decision, decided_by, decided_at
            order by recorded_at desc
        ) as place
    from {{ source('registry', 'steward_decision_log') }}
),

standing as (
    select
        record_key_a,
        record_key_b,
        decision,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from logged
    where place = 1 and event = 'decided'
),

changes as (
    select
        'decided' as event,
        decisions.*
    from decisions
    left join standing
        on decisions.record_key_a = standing.record_key_a
        and decisions.record_key_b = standing.record_key_b
        and decisions.decision = standing.decision
        and decisions.decided_by = standing.decided_by
        and decisions.decided_at = standing.decided_at
    where standing.record_key_a is null
    union all
    select
        'withdrawn' as event,
        standing.*
    from standing
    left join decisions
        on standing.record_key_a = decisions.record_key_a
        and standing.record_key_b = decisions.record_key_b
        and standing.decision = decisions.decision
        and standing.decided_by = decisions.decided_by
        and standing.decided_at = decisions.decided_at
    where decisions.record_key_a is null
),

final as (
    select
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
            as recorded_at,
        '{{ invocation_id }}' as run_id,
        event,
        record_key_a,
        record_key_b,
        decision,
        decided_by,
        decided_at,
        reason,
        delivered_in
    from changes
)

select * from final
