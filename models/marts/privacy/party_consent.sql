-- One row per party, purpose and channel that an event about one of its records speaks of.
with

members as (
    select gpid, record_key
    from {{ ref('record_parties') }}
),

party_contact_points as (
    select distinct
        members.gpid,
        carried.contact_point_type,
        carried.contact_point
    from members
    inner join {{ ref('record_contact_points') }} as carried
        on members.record_key = carried.record_key
),

contact_point_consent as (
    select * from {{ ref('contact_point_consent') }}
),

known as (
    select
        points.gpid,
        consent.purpose,
        consent.channel,
        consent.status,
        consent.contact_point_type,
        consent.contact_point,
        consent.contact_point_token,
        consent.record_key,
        consent.event_key,
        consent.legal_basis,
        consent.since,
        consent.until
    from party_contact_points as points
    inner join contact_point_consent as consent
        on points.contact_point_type = consent.contact_point_type
        and points.contact_point = consent.contact_point
    union all
    select
        members.gpid,
        stated.purpose,
        stated.channel,
        stated.status,
        null as contact_point_type,
        null as contact_point,
        null as contact_point_token,
        stated.subject as record_key,
        stated.event_key,
        stated.legal_basis,
        stated.since,
        stated.until
    from members
    inner join {{ ref('stated_consent') }} as stated
        on stated.subject_type = 'record'
        and members.record_key = stated.subject
),

-- an address of the party that nobody has said anything about is one that nobody has agreed to
unknown as (
    select
        asked.gpid,
        asked.purpose,
        asked.channel,
        'unknown' as status,
        points.contact_point_type,
        points.contact_point,
        privacy_token(points.contact_point_type || ':' || points.contact_point)
            as contact_point_token,
        null as record_key,
        null as event_key,
        null as legal_basis,
        null as since,
        null as until
    from (select distinct gpid, purpose, channel from known) as asked
    inner join party_contact_points as points
        on asked.gpid = points.gpid
        and list_contains({{ channels_reaching('points.contact_point_type') }}, asked.channel)
    anti join contact_point_consent as consent
        on points.contact_point_type = consent.contact_point_type
        and points.contact_point = consent.contact_point
        and asked.purpose = consent.purpose
        and asked.channel = consent.channel
),

everything as (
    select * from known
    union all
    select * from unknown
),

decisive as (
    select
        * exclude (until),
        min(until) over (partition by gpid, purpose, channel) as until
    from everything
    -- the most restrictive: a no before silence, silence before a yes
    qualify row_number() over (
        partition by gpid, purpose, channel
        order by
            status = 'granted',
            status = 'unknown',
            since desc nulls first,
            contact_point_type nulls last,
            contact_point,
            event_key,
            record_key
    ) = 1
),

suppressions as (
    select
        gpid,
        channel,
        bool_or(is_active) as is_suppressed,
        min(limit_at) filter (where limit_at > {{ build_moment() }}) as until
    from (
        select *, unnest([starts_at, ends_at]) as limit_at
        from {{ ref('party_suppression') }}
        where stops_contact
    ) as moments
    group by gpid, channel
),

-- of the party itself, or of an address of it: somebody else may have the same one
closed as (
    select
        decisive.gpid,
        decisive.purpose,
        decisive.channel,
        suppressions.is_suppressed,
        suppressions.until
    from decisive
    inner join suppressions
        on decisive.gpid = suppressions.gpid
        and suppressions.channel in ('any', decisive.channel)
    union all
    select
        points.gpid,
        consent.purpose,
        consent.channel,
        consent.is_suppressed,
        consent.until
    from party_contact_points as points
    inner join contact_point_consent as consent
        on points.contact_point_type = consent.contact_point_type
        and points.contact_point = consent.contact_point
    where consent.is_suppressed
),

suppressed as (
    select
        gpid,
        purpose,
        channel,
        bool_or(is_suppressed) as is_suppressed,
        min(until) as until
    from closed
    group by gpid, purpose, channel
),

final as (
    select
        decisive.gpid,
        decisive.purpose,
        decisive.channel,
        decisive.status = 'granted' and not coalesce(suppressed.is_suppressed, false)
            as is_allowed,
        decisive.status,
        coalesce(suppressed.is_suppressed, false) as is_suppressed,
        decisive.contact_point_type,
        decisive.contact_point,
        decisive.contact_point_token,
        decisive.record_key,
        decisive.event_key,
        decisive.legal_basis,
        decisive.since,
        least(decisive.until, suppressed.until) as until
    from decisive
    left join suppressed
        on decisive.gpid = suppressed.gpid
        and decisive.purpose = suppressed.purpose
        and decisive.channel = suppressed.channel
)

select * from final
