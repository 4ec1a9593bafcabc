-- One row per period and party that bought something: how likely it has left, by its own rhythm.
with

gaps as (
    select * from {{ ref('purchase_gaps') }}
),

waiting as (
    select * from {{ ref('second_purchase_waits') }}
),

base as (
    select
        period,
        median(gap_days) as usual_gap_days
    from gaps
    group by period
),

parties as (
    select
        gaps.period,
        gaps.gpid,
        count(*) as purchase_count,
        max(gaps.ordered_on) as last_ordered_on,
        date_diff('day', max(gaps.ordered_on), cast(any_value(gaps.observed_until) as date))
            as days_since_last_order,
        median(gaps.gap_days) as own_gap_days,
        -- its own gaps and one of the base, so that a single gap is not taken for a rhythm
        (coalesce(sum(gaps.gap_days), 0) + any_value(base.usual_gap_days))
        / (count(gaps.gap_days) + 1) as expected_gap_days,
        any_value(gaps.observed_until) as as_of
    from gaps
    left join base
        on gaps.period = base.period
    group by gaps.period, gaps.gpid
),

-- every gap of the base in units of its party's own rhythm: how long is unusually long
relative_gaps as (
    select
        gaps.period,
        quantile_cont(gaps.gap_days / parties.expected_gap_days, 0.9) as long_gap
    from gaps
    inner join parties
        on gaps.period = parties.period
        and gaps.gpid = parties.gpid
    where gaps.gap_days is not null
    group by gaps.period
),

never_back as (
    select
        period,
        min(share_waiting) as share_never_back
    from waiting
    group by period
),

silent as (
    select distinct
        period,
        days_since_last_order
    from parties
    where purchase_count = 1
),

-- a single purchase has no rhythm: of those as long silent after theirs, how many come back
single as (
    select
        silent.period,
        silent.days_since_last_order,
        1 - any_value(never_back.share_never_back) / coalesce(min(waiting.share_waiting), 1)
            as probability_alive
    from silent
    inner join never_back
        on silent.period = never_back.period
    left join waiting
        on silent.period = waiting.period
        and silent.days_since_last_order >= waiting.wait_days
    group by silent.period, silent.days_since_last_order
),

-- a party is as alive as where it is most alive
alive as (
    select
        period,
        gpid,
        max(probability_alive) as probability_alive
    from {{ ref('purchase_scores') }}
    where probability_alive is not null
    group by period, gpid
),

scored as (
    select
        parties.*,
        relative_gaps.long_gap,
        case
            when parties.purchase_count = 1 then single.probability_alive
            else alive.probability_alive
        end as probability_alive
    from parties
    left join single
        on parties.period = single.period
        and parties.days_since_last_order = single.days_since_last_order
        and parties.purchase_count = 1
    left join alive
        on parties.period = alive.period
        and parties.gpid = alive.gpid
    left join relative_gaps
        on parties.period = relative_gaps.period
),

final as (
    select
        period,
        gpid,
        purchase_count,
        last_ordered_on,
        days_since_last_order,
        own_gap_days,
        expected_gap_days,
        days_since_last_order / expected_gap_days as gaps_since_last_order,
        long_gap as gaps_until_overdue,
        coalesce(days_since_last_order / expected_gap_days > long_gap, false) as is_overdue,
        probability_alive,
        1 - probability_alive as churn_risk,
        as_of
    from scored
)

select * from final
