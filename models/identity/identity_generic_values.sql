-- One row per identifier value or birth date that tells nobody apart, with how long this is so.
with

findings as (
    select * from {{ ref('identity_generic_findings') }}
),

turns as (
    select
        party_type,
        identifier_type,
        value,
        max(event_at) as generic_since
    from {{ ref('generic_value_events') }}
    where event_type = 'turned generic'
    group by party_type, identifier_type, value
),

final as (
    select
        findings.party_type,
        findings.identifier_type,
        findings.value,
        findings.name_count,
        findings.record_count,
        findings.reason,
        turns.generic_since
    from findings
    left join turns
        on findings.party_type = turns.party_type
        and findings.identifier_type = turns.identifier_type
        and findings.value = turns.value
)

select * from final
