-- One row per customer who sent back something of at least half of the orders, two or more.
with

returned as (
    select
        gpid,
        count(distinct order_key) as orders,
        max(returned_at) as last_returned_at
    from {{ ref('fct_returns') }}
    where gpid is not null
    group by gpid
    having count(distinct order_key) >= 2
),

final as (
    select
        returned.gpid,
        returned.last_returned_at as since,
        null::timestamp as until,
        'sent back of ' || returned.orders::varchar || ' of ' || parties.order_count::varchar
        || ' orders' as reason
    from returned
    inner join {{ ref('party_360') }} as parties
        on returned.gpid = parties.gpid
    where parties.order_count > 0 and returned.orders * 2 >= parties.order_count
)

select * from final
