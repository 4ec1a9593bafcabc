-- Every parcel that is not deleted is a fact.
{{ config(enabled='commerce_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        carrier,
        count(*) as parcels
    from {{ source('commerce_cloud', 'shipment') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        carrier,
        count(*) as parcels
    from {{ ref('fct_shipments') }}
    where source_system = 'commerce_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
