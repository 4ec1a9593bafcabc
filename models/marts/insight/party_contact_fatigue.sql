-- One row per party that was sent something: how much of it, and whether it still listens.
with

periods as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

messages as (
    select
        activities.gpid,
        activities.activity_type,
        activities.occurred_at,
        periods.observed_until
    from {{ ref('fct_activities') }} as activities
    inner join periods
        on activities.occurred_at <= periods.observed_until
    where
        activities.gpid is not null
        and activities.activity_type in (
            'email_send', 'email_open', 'email_click', 'email_unsubscribe'
        )
),

answers as (
    select
        gpid,
        max(occurred_at) filter (where activity_type in ('email_open', 'email_click'))
            as last_answered_at
    from messages
    group by gpid
),

parties as (
    select
        messages.gpid,
        count(*) filter (where activity_type = 'email_send') as sends,
        count(*) filter (
            where activity_type = 'email_send' and occurred_at > observed_until - interval 90 day
        ) as sends_90_days,
        count(*) filter (where activity_type = 'email_open') as opens,
        count(*) filter (where activity_type = 'email_click') as clicks,
        count(*) filter (
            where activity_type = 'email_send'
            and occurred_at > coalesce(answers.last_answered_at, timestamp '1900-01-01')
        ) as unanswered_in_a_row,
        max(answers.last_answered_at) as last_answered_at,
        bool_or(activity_type = 'email_unsubscribe') as has_unsubscribed,
        max(observed_until) as as_of
    from messages
    left join answers
        on messages.gpid = answers.gpid
    group by messages.gpid
    having count(*) filter (where activity_type = 'email_send') > 0
),

-- nobody opens everything: how likely is such a silence at the party's own rate of opening, which
-- for few messages is taken towards that of all (three messages' worth)
rated as (
    select
        *,
        least(
            0.99,
            (least(opens, sends) + 3 * sum(least(opens, sends)) over () / sum(sends) over ())
            / (sends + 3)
        ) as usual_open_rate
    from parties
),

judged as (
    select
        *,
        power(1 - usual_open_rate, unanswered_in_a_row) as chance_of_silence
    from rated
),

final as (
    select
        gpid,
        sends,
        sends_90_days,
        opens,
        clicks,
        usual_open_rate,
        last_answered_at,
        unanswered_in_a_row,
        chance_of_silence,
        has_unsubscribed,
        case
            when has_unsubscribed then 'has unsubscribed'
            when unanswered_in_a_row >= 3 and chance_of_silence < 0.05 then 'stopped listening'
            when opens = 0 and sends >= 5 then 'never listened'
            else 'listens'
        end as fatigue,
        as_of
    from judged
)

select * from final
