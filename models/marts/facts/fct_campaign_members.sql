-- One row per member of a campaign, with the party it belongs to.
with

campaign_members as (
    select * from {{ ref('int_campaign_members') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        campaign_members.campaign_member_key,
        current_parties.gpid,
        campaign_members.record_key,
        campaign_members.source_system,
        campaign_members.source_instance,
        campaign_members.campaign_key,
        campaign_members.campaign_name,
        campaign_members.campaign_type,
        campaign_members.campaign_starts_on,
        campaign_members.came_as_lead,
        campaign_members.opportunity_key,
        campaign_members.member_status,
        campaign_members.has_responded,
        campaign_members.added_at,
        campaign_members.responded_at
    from campaign_members
    left join current_parties
        on campaign_members.record_key = current_parties.record_key
)

select * from final
