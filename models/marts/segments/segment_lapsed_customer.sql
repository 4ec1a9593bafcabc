-- One row per regular customer whose next order is overdue by the party's own rhythm.
with

sales as (
    select
        gpid,
        ordered_at,
        ordered_at - lag(ordered_at) over (
            partition by gpid order by ordered_at, order_key
        ) as gap
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

-- three orders make two gaps: fewer are no rhythm
rhythms as (
    select
        gpid,
        max(ordered_at) as last_ordered_at,
        max(gap) as longest_gap
    from sales
    group by gpid
    having count(*) >= 3
),

final as (
    select
        rhythms.gpid,
        rhythms.last_ordered_at + 1.5 * rhythms.longest_gap as since,
        null::timestamp as until,
        'ordered at least every ' || extract('day' from rhythms.longest_gap)::varchar
        || ' days, but not since ' || rhythms.last_ordered_at::date::varchar as reason
    from rhythms
    cross join {{ ref('int_as_of') }} as reached
    where rhythms.last_ordered_at + 1.5 * rhythms.longest_gap <= reached.as_of
)

select * from final
