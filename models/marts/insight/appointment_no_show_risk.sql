-- One row per appointment that lies ahead: how likely nobody comes, and whether it was reminded of.
with

periods as (
    select * from {{ ref('insight_periods') }}
    where period = 'whole'
),

rates as (
    select * from {{ ref('no_show_rates') }}
    where period = 'whole'
),

base as (
    select any_value(usual_rate) as usual_rate from rates
),

final as (
    select
        appointments.appointment_key,
        appointments.gpid,
        appointments.starts_at,
        appointments.service,
        appointments.place,
        coalesce(rates.appointments, 0) as former_appointments,
        coalesce(rates.missed, 0) as former_missed,
        base.usual_rate,
        coalesce(rates.no_show_risk, base.usual_rate) as no_show_risk,
        appointments.reminder_sent_at is not null as is_reminded,
        periods.observed_until as as_of
    from {{ ref('fct_appointments') }} as appointments
    inner join periods
        on appointments.starts_at > periods.observed_until
    cross join base
    left join rates
        on appointments.gpid = rates.gpid
    where appointments.appointment_status in ('booked', 'confirmed')
)

select * from final
