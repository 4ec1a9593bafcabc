-- One row per household: persons at one address with one family name, or declared to be one.
with

members as (
    select * from {{ ref('household_member') }}
),

-- named and housed as its longest known member is
heads as (
    select * from {{ ref('dim_party') }}
),

described as (
    select
        members.household_id,
        'P' || substr(members.household_id, 2) as head_gpid,
        count(*) as member_count,
        bool_or(members.basis = 'declared') as has_declared_members,
        min(parties.first_seen_at) as first_seen_at,
        max(parties.last_seen_at) as last_seen_at
    from members
    inner join {{ ref('dim_party') }} as parties on members.gpid = parties.gpid
    group by members.household_id
),

final as (
    select
        described.household_id,
        described.head_gpid,
        heads.family_name,
        heads.street_address,
        heads.locality,
        heads.region,
        heads.postal_code,
        heads.country_code,
        described.member_count,
        described.has_declared_members,
        described.first_seen_at,
        described.last_seen_at
    from described
    inner join heads on described.head_gpid = heads.gpid
)

select * from final
