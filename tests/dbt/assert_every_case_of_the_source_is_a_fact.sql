-- Every case that is not deleted is a fact, with or without a party.
{{ config(enabled='service_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

source_cases as (
    select
        _instance as source_instance,
        count(*) as cases
    from {{ source('service_cloud', 'case') }}
    where _status = 'accepted' and not _is_deleted
    group by 1
),

facts as (
    select
        source_instance,
        count(*) as cases
    from {{ ref('fct_cases') }}
    where source_system = 'service_cloud'
    group by 1
),

differing as (
    {{ rows_that_differ('source_cases', 'facts') }}
)

select * from differing
