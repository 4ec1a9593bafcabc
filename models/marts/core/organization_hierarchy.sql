-- One row per kind of hierarchy, organization and organization below it at any depth, or itself.
with recursive

links as (
    select
        hierarchy,
        gpid,
        parent_gpid
    from {{ ref('organization_links') }}
    where status = 'used'
),

members as (
    select hierarchy, gpid
    from links
    union
    select hierarchy, parent_gpid
    from links
),

below as (
    select
        hierarchy,
        gpid as ancestor_gpid,
        gpid as descendant_gpid,
        0 as depth
    from members
    union all
    select
        below.hierarchy,
        below.ancestor_gpid,
        links.gpid,
        below.depth + 1
    from below
    inner join links
        on below.hierarchy = links.hierarchy and below.descendant_gpid = links.parent_gpid
)

select * from below
