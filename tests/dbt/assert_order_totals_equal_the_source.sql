-- Every order of the shops that is not deleted is a fact: counts and totals per instance equal
-- those of the extracts to the cent.
{{ config(enabled='commerce_cloud' in var('systems') and var('erased_facts') == 'keep') }}
with

source_orders as (
    select
        _instance as source_instance,
        upper(currency) as currency_code,
        count(*) as orders,
        sum(orderTotal) as total
    from {{ source('commerce_cloud', 'order') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        currency_code,
        count(*) as orders,
        sum(total_amount) as total
    from {{ ref('fct_orders') }}
    where source_system = 'commerce_cloud'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('source_orders', 'facts') }}
)

select * from differing
