-- One row per campaign with a part in a deal, with the party it belongs to.
with

campaign_influences as (
    select * from {{ ref('int_campaign_influences') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        campaign_influences.campaign_influence_key,
        current_parties.gpid,
        campaign_influences.record_key,
        campaign_influences.source_system,
        campaign_influences.source_instance,
        campaign_influences.campaign_key,
        campaign_influences.campaign_name,
        campaign_influences.opportunity_key,
        campaign_influences.influence_share
    from campaign_influences
    left join current_parties
        on campaign_influences.record_key = current_parties.record_key
)

select * from final
