-- One row per party that is none of the best yet: which of them it looks like most.
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
        unnest([
            {'feature': 'days known', 'value': ln(1 + greatest(known_days, 0))},
            {'feature': 'age', 'value': cast(age as double)},
            {'feature': 'systems', 'value': ln(1 + systems)},
            {'feature': 'e-mails opened', 'value': ln(1 + email_opens)},
            {'feature': 'e-mails clicked', 'value': ln(1 + email_clicks)},
            {'feature': 'web sessions', 'value': ln(1 + web_sessions)},
            {'feature': 'baskets', 'value': ln(1 + baskets)},
            {'feature': 'cases', 'value': ln(1 + cases)}
        ], recursive := true)
    from described
),

-- in standard deviations from the mean; what is not known counts as the mean
standardised as (
    select
        gpid,
        is_best,
        relative_spend,
        country_code,
        feature,
        coalesce(
            (value - avg(value) over (partition by feature))
            / nullif(stddev_pop(value) over (partition by feature), 0),
            0
        ) as deviation
    from measured
),

-- the fifty who spend most stand for the best
examples as (
    select *
    from standardised
    where is_best
    qualify dense_rank() over (order by relative_spend desc, gpid) <= 50
),

compared as (
    select
        party.gpid,
        example.gpid as best_gpid,
        sqrt(
            sum(power(party.deviation - example.deviation, 2))
            + any_value(cast(party.country_code is distinct from example.country_code as integer))
        ) as distance,
        arg_max(
            party.feature,
            (
                abs(party.deviation) - abs(party.deviation - example.deviation),
                party.feature
            ),
            3
        ) as alike_in
    from standardised as party
    inner join examples as example
        on party.feature = example.feature
    where not party.is_best
    group by party.gpid, example.gpid
),

nearest as (
    select *
    from compared
    qualify row_number() over (partition by gpid order by distance, best_gpid) = 1
),

final as (
    select
        gpid,
        row_number() over (order by distance, gpid) as lookalike_rank,
        best_gpid,
        distance,
        alike_in
    from nearest
)

select * from final
