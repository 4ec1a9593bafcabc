-- One row per segment, party in it, and channel over which the segment's purpose may reach it.
with

members as (
    select * from {{ ref('segment_members') }}
),

-- says no for whoever asked for silence, and for what nobody was asked about
consent as (
    select * from {{ ref('party_consent') }}
    where is_allowed
),

final as (
    select
        members.gpid,
        members.segment,
        members.purpose,
        consent.channel,
        members.since,
        least(members.until, consent.until) as until,
        members.reason
    from members
    inner join consent
        on members.gpid = consent.gpid
        and members.purpose = consent.purpose
)

select * from final
