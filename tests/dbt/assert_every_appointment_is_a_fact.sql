-- Every booking that is not deleted is a fact, with or without a party: counts and minutes by
-- status equal those of the extracts. Its steps are activities: one for the booking, one for a
-- reminder, one where it took place.
{{ config(enabled='appointments' in var('systems') and var('erased_facts') == 'keep') }}
with

bookings as (
    select
        *,
        lower(trim(status)) as appointment_status
    from {{ source('appointments', 'booking') }}
    where _status = 'accepted' and not _is_deleted
),

delivered as (
    select
        _instance as source_instance,
        appointment_status,
        count(*) as appointments,
        sum(duration_minutes) as minutes
    from bookings
    group by 1, 2
),

facts as (
    select
        source_instance,
        appointment_status,
        count(*) as appointments,
        sum(duration_minutes) as minutes
    from {{ ref('fct_appointments') }}
    where source_system = 'appointments'
    group by 1, 2
),

steps as (
    select
        count(*) + count(reminder_sent_at) + count(*) filter (appointment_status = 'completed')
            as expected,
        (
            select count(*) from {{ ref('fct_activities') }}
            where source_system = 'appointments'
        ) as found
    from bookings
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
    union all
    select
        'fct_activities',
        'expected ' || expected,
        found,
        null
    from steps
    where expected <> found
)

select * from differing
