-- One row per organization, kind of hierarchy and organization above it, and whether it is used.
with recursive

said as (
    select
        parents.hierarchy,
        children.gpid,
        above.gpid as parent_gpid,
        max(parents.since) as since
    from {{ ref('int_organization_parents') }} as parents
    inner join {{ ref('record_parties') }} as children
        on parents.record_key = children.record_key
    inner join {{ ref('record_parties') }} as above
        on parents.related_record_key = above.record_key
    where children.party_type = 'organization' and above.party_type = 'organization'
    group by parents.hierarchy, children.gpid, above.gpid
),

-- of several companies above one, the one said last
ranked as (
    select
        *,
        row_number() over (
            partition by hierarchy, gpid
            order by since desc nulls last, parent_gpid
        ) as place
    from said
    where gpid <> parent_gpid
),

walks as (
    select
        hierarchy,
        gpid,
        parent_gpid,
        [gpid] as passed
    from ranked
    where place = 1
    union all
    select
        walks.hierarchy,
        walks.gpid,
        ranked.parent_gpid,
        list_append(walks.passed, ranked.gpid)
    from walks
    inner join ranked
        on walks.hierarchy = ranked.hierarchy
        and walks.parent_gpid = ranked.gpid
        and ranked.place = 1
    where not list_contains(walks.passed, ranked.gpid)
),

-- who comes back to where the walk began stands in a circle
circles as (
    select
        hierarchy,
        gpid,
        list_sort(passed) as members
    from walks
    where parent_gpid = gpid
),

-- the newest link of a circle is the one that closed it
closing as (
    select
        circles.hierarchy,
        max_by(circles.gpid, (coalesce(ranked.since, timestamp '1900-01-01'), circles.gpid)) as gpid
    from circles
    inner join ranked
        on circles.hierarchy = ranked.hierarchy
        and circles.gpid = ranked.gpid
        and ranked.place = 1
    group by circles.hierarchy, circles.members
),

final as (
    select
        said.hierarchy,
        said.gpid,
        said.parent_gpid,
        said.since,
        case
            when said.gpid = said.parent_gpid then 'itself'
            when ranked.place > 1 then 'another parent'
            when closing.gpid is not null then 'cycle'
            else 'used'
        end as status
    from said
    left join ranked
        on said.hierarchy = ranked.hierarchy
        and said.gpid = ranked.gpid
        and said.parent_gpid = ranked.parent_gpid
    left join closing
        on ranked.hierarchy = closing.hierarchy
        and ranked.gpid = closing.gpid
        and ranked.place = 1
)

select * from final
