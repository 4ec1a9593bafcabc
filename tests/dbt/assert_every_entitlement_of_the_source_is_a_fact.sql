-- Every entitlement that is not deleted is a fact, by its last day.
{{ config(enabled='service_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        EndDate as ends_on,
        count(*) as entitlements
    from {{ source('service_cloud', 'entitlement') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        ends_on,
        count(*) as entitlements
    from {{ ref('fct_entitlements') }}
    where source_system = 'service_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
