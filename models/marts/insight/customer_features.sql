-- One row per customer and feature: how far it is from the mean of all, in standard deviations.
with

activity as (
    select
        gpid,
        count(*) filter (where activity_type = 'email_open') as email_opens,
        count(*) filter (where activity_type = 'email_click') as email_clicks,
        count(*) filter (where activity_type = 'web_session') as web_sessions,
        count(*) filter (where activity_type = 'basket') as baskets
    from {{ ref('fct_activities') }}
    where gpid is not null
    group by gpid
),

cases as (
    select
        gpid,
        count(*) as cases
    from {{ ref('fct_cases') }}
    where gpid is not null
    group by gpid
),

-- what is known of a customer beside what it spends: that is what makes the best the best
described as (
    select
        parties.gpid,
        parties.country_code,
        rfm.rfm_group = 'champion' as is_best,
        rfm.relative_spend,
        date_diff('day', cast(parties.first_seen_at as date), cast(rfm.as_of as date))
            as known_days,
        year(rfm.as_of) - parties.birth_year as age,
        parties.source_system_count as systems,
        coalesce(activity.email_opens, 0) as email_opens,
        coalesce(activity.email_clicks, 0) as email_clicks,
        coalesce(activity.web_sessions, 0) as web_sessions,
        coalesce(activity.baskets, 0) as baskets,
        coalesce(cases.cases, 0) as cases
    from {{ ref('dim_party') }} as parties
    inner join {{ ref('party_rfm') }} as rfm
        on parties.gpid = rfm.gpid
    left join activity
        on parties.gpid = activity.gpid
    left join cases
        on parties.gpid = cases.gpid
),

features as (
    select unnest([
        'days known',
        'age',
        'systems',
        'e-mails opened',
        'e-mails clicked',
        'web sessions',
        'baskets',
        'cases'
    ]) as feature
),

-- counts are compared by their logarithm: 2 against 1 is more than 21 against 20
measured as (
    select
        described.gpid,
        described.is_best,
        described.relative_spend,
        described.country_code,
        features.feature,
        case features.feature
            when 'days known' then ln(1 + greatest(described.known_days, 0))
            when 'age' then described.age
            when 'systems' then ln(1 + described.systems)
            when 'e-mails opened' then ln(1 + described.email_opens)
            when 'e-mails clicked' then ln(1 + described.email_clicks)
            when 'web sessions' then ln(1 + described.web_sessions)
            when 'baskets' then ln(1 + described.baskets)
            when 'cases' then ln(1 + described.cases)
        end as value
    from described
    cross join features
),

-- in standard deviations from the mean; what is not known counts as the mean
final as (
    select
        gpid,
        is_best,
        relative_spend,
        country_code,
        feature,
        -- rounded, because the order of a sum shows in its last digits
        round(
            coalesce(
                (value - avg(value) over (partition by feature))
                / nullif(stddev_pop(value) over (partition by feature), 0),
                0
            ),
            6
        ) as deviation
    from measured
)

select * from final
