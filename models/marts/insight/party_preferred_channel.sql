-- One row per party that has answered or come by itself: the channel and the hour that it prefers.
with

periods as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

-- what the party did of its own accord, in the last two years
contacts as (
    select gpid, channel, occurred_at
    from {{ ref('fct_activities') }}
    where direction = 'inbound' and activity_type != 'email_unsubscribe'
    union all
    select gpid, lower(origin), opened_at
    from {{ ref('fct_cases') }}
    union all
    select gpid, 'web', ordered_at
    from {{ ref('fct_orders') }}
    where is_sale
),

counted as (
    select
        contacts.gpid,
        contacts.channel,
        contacts.occurred_at,
        periods.observed_until,
        -- half as much for every half year that has passed
        cast(
            power(0.5, date_diff('day', contacts.occurred_at, periods.observed_until) / 182)
            as decimal(18, 9)
        ) as weight
    from contacts
    inner join periods
        on contacts.occurred_at <= periods.observed_until
        and contacts.occurred_at > periods.observed_until - interval 2 year
    where contacts.gpid is not null and contacts.channel is not null
),

channels as (
    select
        gpid,
        channel,
        count(*) as contacts,
        sum(weight) as weight,
        sum(weight) / sum(sum(weight)) over (partition by gpid) as channel_share
    from counted
    group by gpid, channel
    qualify row_number() over (partition by gpid order by sum(weight) desc, channel) = 1
),

hours as (
    select
        gpid,
        hour(occurred_at) as hour_utc,
        sum(weight) as weight
    from counted
    group by gpid, hour_utc
),

shifts as (
    select unnest([-1, 0, 1]) as hours
),

-- an hour counts with its two neighbours, around midnight too
smoothed as (
    select
        hours.gpid,
        cast((hours.hour_utc + shifts.hours + 24) % 24 as integer) as hour_utc,
        sum(hours.weight * (2 - abs(shifts.hours))) as weight
    from hours
    cross join shifts
    group by all
),

best_hours as (
    select
        gpid,
        hour_utc,
        weight / sum(weight) over (partition by gpid) as hour_share
    from smoothed
    qualify row_number() over (partition by gpid order by weight desc, hour_utc) = 1
),

totals as (
    select
        gpid,
        count(*) as contacts,
        any_value(observed_until) as as_of
    from counted
    group by gpid
),

final as (
    select
        totals.gpid,
        totals.contacts,
        channels.channel as preferred_channel,
        channels.contacts as channel_contacts,
        channels.channel_share,
        best_hours.hour_utc as preferred_hour_utc,
        best_hours.hour_share,
        -- two contacts show no habit
        totals.contacts >= 3 as is_established,
        totals.as_of
    from totals
    inner join channels
        on totals.gpid = channels.gpid
    inner join best_hours
        on totals.gpid = best_hours.gpid
)

select * from final
