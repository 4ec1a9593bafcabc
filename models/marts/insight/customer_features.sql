-- One row per customer: how far each feature is from the mean of all, in standard deviations.
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

-- counts are compared by their logarithm: 2 against 1 is more than 21 against 20
measured as (
    select
        gpid,
        is_best,
        relative_spend,
        country_code,
        ln(1 + greatest(known_days, 0)) as days_known,
        age,
        ln(1 + systems) as systems,
        ln(1 + email_opens) as email_opens,
        ln(1 + email_clicks) as email_clicks,
        ln(1 + web_sessions) as web_sessions,
        ln(1 + baskets) as baskets,
        ln(1 + cases) as cases
    from described
),

final as (
    select
        gpid,
        is_best,
        relative_spend,
        country_code,
        {{ deviations('days_known') }} as days_known,
        {{ deviations('age') }} as age,
        {{ deviations('systems') }} as systems,
        {{ deviations('email_opens') }} as email_opens,
        {{ deviations('email_clicks') }} as email_clicks,
        {{ deviations('web_sessions') }} as web_sessions,
        {{ deviations('baskets') }} as baskets,
        {{ deviations('cases') }} as cases
    from measured
)

select * from final
