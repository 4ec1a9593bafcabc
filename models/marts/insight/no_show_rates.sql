-- One row per period and party that had an appointment: how often it did not come.
with

past as (
    select
        periods.period,
        appointments.gpid,
        appointments.appointment_status = 'no_show' as is_missed
    from {{ ref('fct_appointments') }} as appointments
    inner join {{ ref('insight_periods') }} as periods
        on appointments.starts_at <= periods.observed_until
    where appointments.appointment_status in ('completed', 'no_show')
),

base as (
    select
        period,
        avg(cast(is_missed as integer)) as usual_rate
    from past
    group by period
),

-- a few appointments say little: the rate of all weighs as much as five
final as (
    select
        past.period,
        past.gpid,
        count(*) as appointments,
        count(*) filter (where past.is_missed) as missed,
        any_value(base.usual_rate) as usual_rate,
        (count(*) filter (where past.is_missed) + 5 * any_value(base.usual_rate))
        / (count(*) + 5) as no_show_risk
    from past
    inner join base
        on past.period = base.period
    where past.gpid is not null
    group by past.period, past.gpid
)

select * from final
