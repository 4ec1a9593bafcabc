-- One row per period and number of days: who has not come back so long after a first purchase.
with

gaps as (
    select * from {{ ref('purchase_gaps') }}
),

-- how long after the first purchase the second one came, or has not come yet
second_waits as (
    select
        period,
        coalesce(
            max(gap_days) filter (where purchase_number = 2),
            date_diff('day', min(ordered_on), cast(any_value(observed_until) as date))
        ) as wait_days,
        count(*) filter (where purchase_number = 2) as came_back
    from gaps
    where purchase_number <= 2
    group by period, gpid
),

waits as (
    select
        period,
        wait_days,
        sum(came_back) as came_back,
        sum(count(*)) over (partition by period order by wait_days desc) as still_waiting
    from second_waits
    group by period, wait_days
),

-- Kaplan-Meier: the share that has not come back, of those who could be seen for so long; the end
-- of the curve, where fewer than ten are left, is left out
final as (
    select
        period,
        wait_days,
        cast(came_back as bigint) as came_back,
        cast(still_waiting as bigint) as still_waiting,
        exp(sum(ln(1 - came_back / still_waiting)) over (partition by period order by wait_days))
            as share_waiting
    from waits
    where still_waiting >= 10 and came_back < still_waiting
)

select * from final
