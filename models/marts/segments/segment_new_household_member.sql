-- One row per customer in whose household somebody became known within the last half year.
with

members as (
    select
        members.household_id,
        members.gpid,
        parties.first_seen_at
    from {{ ref('household_member') }} as members
    inner join {{ ref('dim_party') }} as parties
        on members.gpid = parties.gpid
),

newcomers as (
    select
        members.household_id,
        members.gpid,
        members.first_seen_at
    from members
    cross join {{ ref('int_as_of') }} as reached
    where members.first_seen_at between reached.as_of - interval 180 day and reached.as_of
),

final as (
    select
        members.gpid,
        max(newcomers.first_seen_at) as since,
        max(newcomers.first_seen_at) + interval 180 day as until,
        count(*)::varchar || ' new in the household' as reason
    from members
    inner join newcomers
        on members.household_id = newcomers.household_id
        and members.gpid <> newcomers.gpid
        -- the one who was there first
        and members.first_seen_at < newcomers.first_seen_at
    group by members.gpid
)

select * from final
