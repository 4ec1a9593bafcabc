-- One row per party that bought in more than one shop.
with

shops as (
    select
        gpid,
        source_instance,
        min(ordered_at) as first_ordered_at
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
    group by gpid, source_instance
),

final as (
    select
        gpid,
        list_sort(list(first_ordered_at))[2] as since,
        null::timestamp as until,
        'bought in ' || string_agg(source_instance, ', ' order by source_instance) as reason
    from shops
    group by gpid
    having count(*) > 1
)

select * from final
