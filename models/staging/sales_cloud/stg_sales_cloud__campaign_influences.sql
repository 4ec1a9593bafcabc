-- One row per campaign that has a part in a deal.
with

opportunities as (
    select * from {{ ref('stg_sales_cloud__opportunities') }}
),

stated as (
    select
        _instance,
        'campaign_influence' as object,
        {{ salesforce_id('Id') }} as id,
        {{ salesforce_id('CampaignId') }} as campaign_id,
        {{ record_key(
            "'sales_cloud'", '_instance', "'opportunity'", salesforce_id('OpportunityId')
        ) }} as opportunity_key,
        {{ salesforce_id('ContactId') }} as contact_id,
        cast(Influence / 100 as decimal(9, 6)) as influence_share
    from {{ source('sales_cloud', 'campaign_influence') }}
    where _status = 'accepted' and not _is_deleted
),

-- without statements, the one campaign that the deal names has all of it
primary_campaigns as (
    select
        _instance,
        'opportunity' as object,
        {{ salesforce_id('Id') }} as id,
        {{ salesforce_id('CampaignId') }} as campaign_id,
        {{ record_key(
            "'sales_cloud'", '_instance', "'opportunity'", salesforce_id('Id')
        ) }} as opportunity_key,
        null as contact_id,
        cast(1 as decimal(9, 6)) as influence_share
    from {{ source('sales_cloud', 'opportunity') }}
    where _status = 'accepted' and not _is_deleted and CampaignId is not null
),

influences as (
    select * from stated
    union all
    select primary_campaigns.*
    from primary_campaigns
    left join stated
        on primary_campaigns.opportunity_key = stated.opportunity_key
    where stated.opportunity_key is null
),

campaigns as (
    select
        *,
        {{ salesforce_id('Id') }} as campaign_id
    from {{ source('sales_cloud', 'campaign') }}
    where _status = 'accepted' and not _is_deleted
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
            "'sales_cloud'", 'influences._instance', 'influences.object', 'influences.id'
        ) }} as campaign_influence_key,
        coalesce(
            person_accounts.record_key,
            {{ record_key(
                "'sales_cloud'", 'influences._instance', "'contact'", 'influences.contact_id'
            ) }},
            opportunities.record_key
        ) as record_key,
        'sales_cloud' as source_system,
        influences._instance as source_instance,
        {{ record_key(
            "'sales_cloud'", 'influences._instance', "'campaign'", 'influences.campaign_id'
        ) }} as campaign_key,
        campaigns.Name as campaign_name,
        influences.opportunity_key,
        influences.influence_share
    from influences
    left join campaigns
        on influences._instance = campaigns._instance
        and influences.campaign_id = campaigns.campaign_id
    left join opportunities
        on influences.opportunity_key = opportunities.opportunity_key
    left join person_accounts
        on influences._instance = person_accounts.source_instance
        and influences.contact_id = person_accounts.person_contact_id
)

select * from final
