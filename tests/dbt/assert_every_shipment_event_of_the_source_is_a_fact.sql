-- Every report of a carrier is a fact.
{{ config(enabled='commerce_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        lower(status) as event_status,
        count(*) as reports
    from {{ source('commerce_cloud', 'shipment_event') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        event_status,
        count(*) as reports
    from {{ ref('fct_shipment_events') }}
    where source_system = 'commerce_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
