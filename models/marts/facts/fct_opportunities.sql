-- One row per opportunity, with the party it belongs to.
with

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        opportunities.opportunity_key,
        current_parties.gpid,
        opportunities.record_key,
        opportunities.source_system,
        opportunities.source_instance,
        opportunities.opportunity_name,
        opportunities.stage,
        opportunities.amount,
        opportunities.currency_code,
        opportunities.close_date,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.created_at,
        opportunities.line_count,
        opportunities.line_amount
    from opportunities
    left join current_parties
        on opportunities.record_key = current_parties.record_key
)

select * from final
