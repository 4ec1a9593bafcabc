-- One row per member of a campaign that is not deleted.
with

members as (
    select
        *,
        {{ salesforce_id('CampaignId') }} as campaign_id,
        {{ salesforce_id('LeadId') }} as lead_id,
        {{ salesforce_id('ContactId') }} as contact_id
    from {{ source('sales_cloud', 'campaign_member') }}
    where _status = 'accepted' and not _is_deleted
),

campaigns as (
    select
        *,
        {{ salesforce_id('Id') }} as campaign_id
    from {{ source('sales_cloud', 'campaign') }}
    where _status = 'accepted' and not _is_deleted
),

leads as (
    select
        _instance,
        {{ salesforce_id('Id') }} as lead_id,
        {{ salesforce_id('ConvertedOpportunityId') }} as opportunity_id
    from {{ source('sales_cloud', 'lead') }}
    where _status = 'accepted'
),

-- a person account is known to campaigns by its contact id
person_accounts as (
    select
        source_instance,
        person_contact_id,
        min(record_key) as record_key
    from {{ ref('stg_sales_cloud__account') }}
    where person_contact_id is not null
    group by 1, 2
),

final as (
    select
        {{ record_key(
            "'sales_cloud'", 'members._instance', "'campaign_member'",
            salesforce_id('members.Id')
        ) }} as campaign_member_key,
        coalesce(
            person_accounts.record_key,
            {{ record_key(
                "'sales_cloud'", 'members._instance', "'contact'", 'members.contact_id'
            ) }},
            {{ record_key("'sales_cloud'", 'members._instance', "'lead'", 'members.lead_id') }}
        ) as record_key,
        'sales_cloud' as source_system,
        members._instance as source_instance,
        {{ record_key(
            "'sales_cloud'", 'members._instance', "'campaign'", 'members.campaign_id'
        ) }} as campaign_key,
        campaigns.Name as campaign_name,
        campaigns.Type as campaign_type,
        campaigns.StartDate as campaign_starts_on,
        members.lead_id is not null as came_as_lead,
        {{ record_key(
            "'sales_cloud'", 'members._instance', "'opportunity'", 'leads.opportunity_id'
        ) }} as opportunity_key,
        lower(members.Status) as member_status,
        coalesce(members.HasResponded, members.FirstRespondedDate is not null) as has_responded,
        members.CreatedDate as added_at,
        cast(members.FirstRespondedDate as timestamp) as responded_at
    from members
    left join campaigns
        on members._instance = campaigns._instance
        and members.campaign_id = campaigns.campaign_id
    left join leads
        on members._instance = leads._instance
        and members.lead_id = leads.lead_id
    left join person_accounts
        on members._instance = person_accounts.source_instance
        and members.contact_id = person_accounts.person_contact_id
)

select * from final
