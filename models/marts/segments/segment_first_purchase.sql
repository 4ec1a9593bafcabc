-- One row per party that bought for the first time within the last 90 days.
with

final as (
    select
        parties.gpid,
        parties.first_ordered_at as since,
        parties.first_ordered_at + interval 90 day as until,
        parties.order_count::varchar || ' order(s) since the first' as reason
    from {{ ref('party_360') }} as parties
    cross join {{ ref('int_as_of') }} as reached
    where parties.first_ordered_at between reached.as_of - interval 90 day and reached.as_of
)

select * from final
