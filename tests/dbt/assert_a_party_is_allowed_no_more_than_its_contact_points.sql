-- Nobody is allowed for a party what one of its contact points that the channel reaches does not
-- allow, or one of its records.
with

members as (
    select gpid, record_key
    from {{ ref('bridge_party_source') }}
    where is_current
),

allowed as (
    select gpid, purpose, channel
    from {{ ref('party_consent') }}
    where is_allowed
),

refused_points as (
    select allowed.*
    from allowed
    inner join members
        on allowed.gpid = members.gpid
    inner join {{ ref('record_contact_points') }} as carried
        on members.record_key = carried.record_key
        and list_contains({{ channels_reaching('carried.contact_point_type') }}, allowed.channel)
    left join {{ ref('contact_point_consent') }} as consent
        on carried.contact_point_type = consent.contact_point_type
        and carried.contact_point = consent.contact_point
        and allowed.purpose = consent.purpose
        and allowed.channel = consent.channel
    where not coalesce(consent.is_allowed, false)
),

refused_records as (
    select allowed.*
    from allowed
    inner join members
        on allowed.gpid = members.gpid
    inner join {{ ref('stated_consent') }} as stated
        on stated.subject_type = 'record'
        and members.record_key = stated.subject
        and allowed.purpose = stated.purpose
        and allowed.channel = stated.channel
    where not stated.is_granted
)

select * from refused_points
union all
select * from refused_records
