-- Every member of a campaign that is not deleted is a fact, and so is every response.
{{ config(enabled='sales_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        count(*) as members,
        sum(cast(coalesce(HasResponded, FirstRespondedDate is not null) as integer)) as responses
    from {{ source('sales_cloud', 'campaign_member') }}
    where _status = 'accepted' and not _is_deleted
    group by 1
),

facts as (
    select
        source_instance,
        count(*) as members,
        sum(cast(has_responded as integer)) as responses
    from {{ ref('fct_campaign_members') }}
    where source_system = 'sales_cloud'
    group by 1
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
