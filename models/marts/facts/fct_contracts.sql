-- One row per contract, with the party it belongs to.
with

contracts as (
    select * from {{ ref('int_contracts') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        contracts.contract_key,
        current_parties.gpid,
        contracts.record_key,
        contracts.source_system,
        contracts.source_instance,
        contracts.contract_number,
        contracts.contract_status,
        contracts.opportunity_key,
        contracts.renewal_opportunity_key,
        contracts.currency_code,
        contracts.total_amount,
        contracts.starts_on,
        contracts.ends_on,
        contracts.term_months,
        contracts.is_auto_renewal,
        contracts.renewal_date,
        contracts.notice_days,
        contracts.notice_date,
        contracts.created_at,
        contracts.activated_at
    from contracts
    left join current_parties
        on contracts.record_key = current_parties.record_key
)

select * from final
