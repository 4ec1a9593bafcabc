-- Every contract that is not deleted is a fact: counts and values per instance and currency equal
-- those of the extracts to the cent.
{{ config(enabled='sales_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        upper(CurrencyIsoCode) as currency_code,
        count(*) as contracts,
        sum(ContractValue__c) as total
    from {{ source('sales_cloud', 'contract') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        currency_code,
        count(*) as contracts,
        sum(total_amount) as total
    from {{ ref('fct_contracts') }}
    where source_system = 'sales_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
