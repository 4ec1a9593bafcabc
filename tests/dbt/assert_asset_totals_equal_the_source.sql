-- Every asset that is not deleted is a fact: counts, pieces and prices per instance and currency
-- equal those of the extracts to the cent.
{{ config(enabled='service_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        upper(CurrencyIsoCode) as currency_code,
        count(*) as assets,
        sum(Quantity) as pieces,
        sum(Price) as total
    from {{ source('service_cloud', 'asset') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        currency_code,
        count(*) as assets,
        sum(quantity) as pieces,
        sum(total_amount) as total
    from {{ ref('fct_assets') }}
    where source_system = 'service_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
