-- One row per party and action that its signals call for and that its consent allows, ranked.
with

rules as (
    select
        action,
        signal,
        cast(at_least as double) as at_least,
        unless_signal,
        purpose,
        cast(priority as integer) as priority,
        reason
    from {{ ref('action_rules') }}
),

signals as (
    select * from {{ ref('party_signals') }}
),

called_for as (
    select
        signals.gpid,
        rules.action,
        rules.purpose,
        rules.priority,
        signals.signal,
        signals.strength,
        rules.reason || ': ' || signals.detail as reason
    from rules
    inner join signals
        on rules.signal = signals.signal
        and signals.strength >= coalesce(rules.at_least, signals.strength)
    anti join signals as against
        on signals.gpid = against.gpid
        and rules.unless_signal = against.signal
),

-- of the channels that the purpose is allowed by, the one that the party prefers comes first
allowed as (
    select
        consent.gpid,
        consent.purpose,
        arg_min(
            consent.channel,
            (coalesce(preferred.preferred_channel != consent.channel, true), consent.channel)
        ) as channel
    from {{ ref('party_consent') }} as consent
    left join {{ ref('party_preferred_channel') }} as preferred
        on consent.gpid = preferred.gpid
    where consent.is_allowed
    group by consent.gpid, consent.purpose
),

stopped as (
    select distinct gpid
    from {{ ref('party_suppression') }}
    where is_active and stops_contact
),

-- what is done in house needs no consent; an answer to an open case needs none either, but not even
-- that is for somebody who asked for silence
permitted as (
    select
        called_for.*,
        allowed.channel
    from called_for
    left join allowed
        on called_for.gpid = allowed.gpid
        and called_for.purpose = allowed.purpose
    left join stopped
        on called_for.gpid = stopped.gpid
    where
        called_for.purpose = 'internal'
        or (
            stopped.gpid is null
            and (called_for.purpose = 'service' or allowed.channel is not null)
        )
),

-- an action that several signals call for is there once
final as (
    select
        gpid,
        row_number() over (partition by gpid order by priority, strength desc, action)
            as action_rank,
        action,
        purpose,
        channel,
        signal,
        strength,
        reason
    from (
        select *
        from permitted
        qualify row_number() over (
            partition by gpid, action order by priority, strength desc, signal
        ) = 1
    ) as actions
)

select * from final
