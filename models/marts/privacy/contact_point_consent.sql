-- One row per contact point, purpose and channel that an event speaks of.
with

stated as (
    select * from {{ ref('stated_consent') }}
),

-- what a record says holds for every address and number that it carries
told as (
    select
        subject_type as contact_point_type,
        subject as contact_point,
        * exclude (subject_type, subject),
        null as record_key
    from stated
    where subject_type <> 'record'
    union all
    select
        carried.contact_point_type,
        carried.contact_point,
        stated.* exclude (subject_type, subject),
        stated.subject as record_key
    from stated
    inner join {{ ref('record_contact_points') }} as carried
        on stated.subject = carried.record_key
        and list_contains({{ channels_reaching('carried.contact_point_type') }}, stated.channel)
    where stated.subject_type = 'record'
),

decisive as (
    select
        *,
        min(until) over (
            partition by contact_point_type, contact_point, purpose, channel
        ) as first_until
    from told
    -- the most restrictive, and of equal ones the contact point's own and the latest
    qualify row_number() over (
        partition by contact_point_type, contact_point, purpose, channel
        order by is_granted, record_key is not null, since desc nulls first, event_key, record_key
    ) = 1
),

-- by its own name, or as a way to reach somebody who is not to be contacted
stops as (
    select contact_point_type, contact_point, channel, is_active, starts_at, ends_at
    from {{ ref('suppressions') }}
    where stops_contact and contact_point is not null
    union all
    select
        carried.contact_point_type,
        carried.contact_point,
        reached.channel,
        reached.is_active,
        reached.starts_at,
        reached.ends_at
    from {{ ref('suppressed_records') }} as reached
    inner join {{ ref('record_contact_points') }} as carried
        on reached.record_key = carried.record_key
    where reached.stops_contact
),

suppressions as (
    select
        contact_point_type,
        contact_point,
        channel,
        bool_or(is_active) as is_suppressed,
        min(limit_at) filter (where limit_at > {{ build_moment() }}) as until
    from (select *, unnest([starts_at, ends_at]) as limit_at from stops) as moments
    group by contact_point_type, contact_point, channel
),

suppressed as (
    select
        decisive.contact_point_type,
        decisive.contact_point,
        decisive.purpose,
        decisive.channel,
        bool_or(suppressions.is_suppressed) as is_suppressed,
        min(suppressions.until) as until
    from decisive
    inner join suppressions
        on decisive.contact_point_type = suppressions.contact_point_type
        and decisive.contact_point = suppressions.contact_point
        and suppressions.channel in ('any', decisive.channel)
    group by
        decisive.contact_point_type,
        decisive.contact_point,
        decisive.purpose,
        decisive.channel
),

undeliverable as (
    select distinct
        contact_point_type,
        contact_point
    from {{ ref('consent_events') }}
    where status = 'undeliverable' and contact_point is not null
),

final as (
    select
        decisive.contact_point_type,
        decisive.contact_point,
        privacy_token(decisive.contact_point_type || ':' || decisive.contact_point)
            as contact_point_token,
        decisive.purpose,
        decisive.channel,
        decisive.is_granted and not coalesce(suppressed.is_suppressed, false) as is_allowed,
        decisive.status,
        coalesce(suppressed.is_suppressed, false) as is_suppressed,
        undeliverable.contact_point is null as is_deliverable,
        decisive.event_key,
        decisive.record_key,
        decisive.legal_basis,
        decisive.since,
        least(decisive.first_until, suppressed.until) as until
    from decisive
    left join suppressed
        on decisive.contact_point_type = suppressed.contact_point_type
        and decisive.contact_point = suppressed.contact_point
        and decisive.purpose = suppressed.purpose
        and decisive.channel = suppressed.channel
    left join undeliverable
        on decisive.contact_point_type = undeliverable.contact_point_type
        and decisive.contact_point = undeliverable.contact_point
)

select * from final
