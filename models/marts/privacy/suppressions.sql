-- One row per suppression that was placed, with its end.
with

written as (
    select
        suppressions.*,
        contact_points.contact_point as known_contact_point,
        contact_points.contact_point_token,
        try_cast(suppressions.starts_at as timestamp) as start_at,
        try_cast(suppressions.ends_at as timestamp) as end_at,
        coalesce({{ folded_term('suppressions.action') }}, 'place') as known_action,
        {{ folded_term('suppressions.kind') }} as known_kind,
        coalesce(channels.meaning, case when suppressions.channel is null then 'any' end)
            as known_channel
    from {{ ref('int_contact_suppressions') }} as suppressions
    left join {{ ref('int_consent_contact_points') }} as contact_points
        on suppressions.contact_point = contact_points.contact_point_text
        and suppressions.contact_point_type is not distinct from contact_points.contact_point_type
        and suppressions.country_code is not distinct from contact_points.country_code
    left join {{ ref('consent_terms') }} as channels
        on channels.column_name = 'channel'
        and {{ folded_term('suppressions.channel') }} = {{ folded_term('channels.term') }}
),

checked as (
    select
        *,
        nullif(concat_ws(
            '; ',
            case
                when known_action not in ('place', 'lift') then 'action is neither place nor lift'
            end,
            case
                when coalesce(known_kind, '') not in ('stop_contact', 'litigation_hold')
                    then 'kind is neither stop_contact nor litigation_hold'
            end,
            case when suppression_id is null then 'no suppression_id' end,
            case when decided_by is null then 'no decided_by' end,
            case
                when known_action = 'lift' and starts_at is null then 'a lift without starts_at'
            end,
            case
                when contact_point is not null and contact_point_type is null
                    then 'no contact_point_type'
            end,
            case
                when
                    known_action = 'place'
                    and coalesce(gpid, record_key, contact_point) is null
                    then 'names no gpid, record_key or contact_point'
                when contact_point_type is not null and known_contact_point is null
                    then 'contact_point is no ' || contact_point_type
            end,
            case when known_channel is null then 'channel is not known' end,
            case when starts_at is not null and start_at is null then 'starts_at is no time' end,
            case when ends_at is not null and end_at is null then 'ends_at is no time' end
        ), '') as problem
    from written
),

-- a lift ends what was placed under its id before it
lifts as (
    select
        suppression_id,
        known_kind,
        start_at as lifted_at
    from checked
    where known_action = 'lift' and problem is null
),

placed as (
    select
        *,
        least(
            end_at,
            (
                select min(lifts.lifted_at)
                from lifts
                where
                    lifts.suppression_id = checked.suppression_id
                    and lifts.known_kind = checked.known_kind
                    and coalesce(lifts.lifted_at >= checked.start_at, true)
            )
        ) as ended_at
    from checked
    -- what cannot be understood is shown, and stops the build
    where known_action <> 'lift' or problem is not null
),

final as (
    select
        suppression_id,
        known_kind as kind,
        gpid,
        record_key,
        contact_point_type,
        known_contact_point as contact_point,
        contact_point_token,
        known_channel as channel,
        known_kind = 'stop_contact' as stops_contact,
        known_kind = 'litigation_hold' as blocks_erasure,
        start_at as starts_at,
        ended_at as ends_at,
        coalesce(start_at <= {{ build_moment() }}, true)
        and coalesce(ended_at > {{ build_moment() }}, true) as is_active,
        decided_by,
        reason,
        delivered_in,
        problem
    from placed
)

select distinct * from final
