-- What a party ordered is what its current records ordered, by currency and to the cent.
with

bridge as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
),

of_records as (
    select
        bridge.gpid,
        orders.currency_code,
        count(*) as orders,
        sum(orders.total_amount) as total
    from {{ ref('int_orders') }} as orders
    inner join bridge
        on orders.record_key = bridge.record_key
    group by 1, 2
),

of_parties as (
    select
        gpid,
        currency_code,
        count(*) as orders,
        sum(total_amount) as total
    from {{ ref('fct_orders') }}
    where gpid is not null
    group by 1, 2
),

differing as (
    {{ rows_that_differ('of_records', 'of_parties') }}
)

select * from differing
