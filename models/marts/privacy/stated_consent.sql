-- One row per contact point or record, purpose and channel that an event speaks of: what holds now.
with

events as (
    select
        *,
        {{ channels_reaching('contact_point_type') }} as reaching,
        contact_point is not null as names_contact_point
    from {{ ref('consent_events') }}
    where effect <> 'none'
),

-- what is not understood of a denial counts for all, of a grant for nothing; a grant for an address
-- as a whole is one for the channels that reach the address
spoken_of as (
    select
        *,
        case
            when purpose <> 'all' then [purpose]
            when purpose = 'all' or effect = 'denial' then {{ consent_purposes() }}
            else []
        end as purposes,
        case
            when channel <> 'any' then [channel]
            when effect = 'denial' then {{ consent_channels() }}
            when channel is null then []
            when names_contact_point then reaching
            else {{ consent_channels() }}
        end as channels
    from events
),

-- the e-mail address of an event about telephone calls tells who speaks: it is about the records
-- that carry the address
subjects as (
    select
        *,
        contact_point_type as subject_type,
        contact_point as subject,
        list_intersect(channels, reaching) as subject_channels
    from spoken_of
    where names_contact_point
    union all
    select
        *,
        'record' as subject_type,
        record_key as subject,
        channels as subject_channels
    from spoken_of
    where record_key is not null
    union all
    select
        spoken_of.*,
        'record' as subject_type,
        carriers.record_key as subject,
        list_filter(spoken_of.channels, lambda c: not list_contains(spoken_of.reaching, c))
            as subject_channels
    from spoken_of
    inner join {{ ref('record_contact_points') }} as carriers
        on spoken_of.contact_point_type = carriers.contact_point_type
        and spoken_of.contact_point = carriers.contact_point
        and not list_has_all(spoken_of.reaching, spoken_of.channels)
),

by_channel as (
    select
        * exclude (purpose, channel),
        unnest(subject_channels) as channel
    from subjects
),

statements as (
    select
        *,
        unnest(purposes) as purpose
    from by_channel
),

-- a denial without a time is in force always and a grant without one was overtaken by any denial;
-- a grant that has ended still says what the last word was, a denial that has ended says nothing
in_force as (
    select
        *,
        effect = 'grant' and coalesce(effective_to > {{ build_moment() }}, true) as is_granted,
        coalesce(
            effective_from,
            cast(case when effect = 'grant' then '-infinity' else 'infinity' end as timestamp)
        ) as counts_from
    from statements
    where
        coalesce(effective_from <= {{ build_moment() }}, true)
        and (effect = 'grant' or coalesce(effective_to > {{ build_moment() }}, true))
),

-- the latest wins, and of equally late ones the one that grants least
latest as (
    select *
    from in_force
    qualify row_number() over (
        partition by subject_type, subject, purpose, channel
        order by
            counts_from desc,
            coalesce(recorded_at, counts_from) desc,
            is_granted,
            effective_to nulls last,
            event_key
    ) = 1
),

limits as (
    select
        subject_type,
        subject,
        purpose,
        channel,
        min(limit_at) as until
    from (
        select *, unnest([effective_from, effective_to]) as limit_at
        from statements
    ) as moments
    where limit_at > {{ build_moment() }}
    group by subject_type, subject, purpose, channel
),

final as (
    select
        latest.subject_type,
        latest.subject,
        latest.purpose,
        latest.channel,
        latest.is_granted,
        case
            when latest.effect = 'grant' and not latest.is_granted then 'expired'
            else latest.status
        end as status,
        latest.event_key,
        latest.legal_basis,
        case
            when latest.effect = 'grant' and not latest.is_granted then latest.effective_to
            else latest.effective_from
        end as since,
        limits.until
    from latest
    left join limits
        on latest.subject_type = limits.subject_type
        and latest.subject = limits.subject
        and latest.purpose = limits.purpose
        and latest.channel = limits.channel
)

select * from final
