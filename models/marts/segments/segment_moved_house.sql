-- One row per person whose address gave way to a newer one within the last year.
with

moves as (
    select
        points.gpid,
        max(points.valid_to) as moved_at,
        count(*) as addresses
    from {{ ref('party_contact_point') }} as points
    inner join {{ ref('dim_party') }} as parties
        on points.gpid = parties.gpid
        and parties.party_type = 'person'
    cross join {{ ref('int_as_of') }} as reached
    where
        points.channel = 'address'
        and points.is_stale
        and points.valid_to between reached.as_of - interval 365 day and reached.as_of
    group by points.gpid
),

final as (
    select
        gpid,
        moved_at as since,
        moved_at + interval 365 day as until,
        addresses::varchar || ' former address(es)' as reason
    from moves
)

select * from final
