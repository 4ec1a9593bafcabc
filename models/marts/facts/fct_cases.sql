-- One row per case, with the party it belongs to.
with

cases as (
    select * from {{ ref('int_cases') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        cases.case_key,
        current_parties.gpid,
        cases.record_key,
        cases.source_system,
        cases.source_instance,
        cases.case_number,
        cases.subject,
        cases.case_status,
        cases.priority,
        cases.origin,
        cases.is_closed,
        cases.opened_at,
        cases.closed_at
    from cases
    left join current_parties
        on cases.record_key = current_parties.record_key
)

select * from final
