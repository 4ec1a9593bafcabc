-- One row per consent event and contact point, in the words of this project.
with

events as (
    select * from {{ ref('int_consent_events') }}
),

terms as (
    select
        column_name,
        {{ folded_term('term') }} as term,
        meaning
    from {{ ref('consent_terms') }}
),

understood as (
    select
        events.*,
        contact_points.contact_point as known_contact_point,
        contact_points.contact_point_token,
        purposes.meaning as known_purpose,
        channels.meaning as known_channel,
        statuses.meaning as known_status,
        coalesce(events.effective_from, events.recorded_at) as known_from
    from events
    left join {{ ref('int_consent_contact_points') }} as contact_points
        on events.contact_point = contact_points.contact_point_text
        and events.contact_point_type is not distinct from contact_points.contact_point_type
        and events.country_code is not distinct from contact_points.country_code
    left join terms as purposes
        on purposes.column_name = 'purpose'
        and {{ folded_term('events.purpose') }} = purposes.term
    left join terms as channels
        on channels.column_name = 'channel'
        and {{ folded_term('events.channel') }} = channels.term
    left join terms as statuses
        on statuses.column_name = 'status'
        and {{ folded_term('events.status') }} = statuses.term
),

final as (
    select
        event_key,
        source_system,
        source_instance,
        record_key,
        contact_point_type,
        known_contact_point as contact_point,
        contact_point_token,
        known_purpose as purpose,
        known_channel as channel,
        -- what is not understood is no grant
        coalesce(known_status, 'denied') as status,
        case
            when known_status = 'undeliverable' then 'none'
            when coalesce(known_status, '') <> 'granted' then 'denial'
            -- nobody knows since when, or for how long
            when is_time_unreadable then 'none'
            else 'grant'
        end as effect,
        legal_basis,
        case when not is_time_unreadable then known_from end as effective_from,
        -- a denial whose times cannot be read holds for good
        case when not is_time_unreadable then effective_to end as effective_to,
        case when not is_time_unreadable then coalesce(recorded_at, effective_from) end
            as recorded_at,
        evidence,
        nullif(concat_ws(
            '; ',
            case
                when contact_point is not null and known_contact_point is null
                    then 'contact point of no use'
                when contact_point is null and record_key is null then 'names nobody'
            end,
            case when known_purpose is null then 'purpose not known' end,
            case when known_channel is null then 'channel not known' end,
            case when known_status is null then 'status not known' end,
            case when is_time_unreadable then 'time not readable' end,
            case when known_from is null and not is_time_unreadable then 'no time' end
        ), '') as problem
    from understood
)

select * from final
