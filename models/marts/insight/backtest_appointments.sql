-- One row at most: how well former appointments told who would not come in 26 weeks.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

present as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

rates as (
    select * from {{ ref('no_show_rates') }}
    where period = 'calibration'
),

base as (
    select any_value(usual_rate) as usual_rate from rates
),

-- the plain guess: everybody misses as many as all did
later as (
    select
        appointments.appointment_key,
        cast(appointments.appointment_status = 'no_show' as integer) as missed,
        coalesce(rates.no_show_risk, base.usual_rate) as no_show_risk,
        base.usual_rate
    from {{ ref('fct_appointments') }} as appointments
    inner join calibration
        on appointments.starts_at > calibration.observed_until
    inner join present
        on appointments.starts_at <= present.observed_until
    cross join base
    left join rates
        on appointments.gpid = rates.gpid
    where appointments.appointment_status in ('completed', 'no_show')
),

-- in one order, because sums of doubles differ in their last bits by it
final as (
    select
        'appointment_no_show_risk' as model,
        'Brier score: who does not come' as metric,
        'lower' as better,
        avg(power(no_show_risk - missed, 2) order by appointment_key) as value,
        avg(power(usual_rate - missed, 2) order by appointment_key) as baseline,
        'the rate of all appointments' as baseline_is,
        count(*) as tested_rows
    from later
    where usual_rate is not null
    having count(*) > 0
)

select * from final
