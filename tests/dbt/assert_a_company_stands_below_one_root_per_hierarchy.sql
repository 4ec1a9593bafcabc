-- In a hierarchy every company is in one tree: exactly one of those above it, or itself, has nobody
-- above. A circle would have none, two parents could make two.
with

roots as (
    select
        hierarchy,
        descendant_gpid as gpid
    from {{ ref('organization_hierarchy') }}
    group by hierarchy, descendant_gpid
    having count(*) = 1
)

select
    trees.hierarchy,
    trees.descendant_gpid,
    count(roots.gpid) as root_count
from {{ ref('organization_hierarchy') }} as trees
left join roots
    on trees.hierarchy = roots.hierarchy and trees.ancestor_gpid = roots.gpid
group by trees.hierarchy, trees.descendant_gpid
having count(roots.gpid) <> 1
