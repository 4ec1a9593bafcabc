-- One row per kind of hierarchy and organization: what its whole tree buys, plans and complains of.
with

trees as (
    select * from {{ ref('organization_hierarchy') }}
),

-- the companies of the tree and the people who are their contacts; a person counts once in a tree
members as (
    select
        hierarchy,
        ancestor_gpid,
        descendant_gpid as gpid
    from trees
    union
    select
        trees.hierarchy,
        trees.ancestor_gpid,
        contacts.gpid
    from trees
    inner join {{ ref('party_relationship') }} as contacts
        on trees.descendant_gpid = contacts.related_gpid
        and contacts.relationship_type = 'contact_of'
),

sizes as (
    select
        hierarchy,
        ancestor_gpid,
        count(*) as organization_count,
        max(depth) as depth
    from trees
    group by hierarchy, ancestor_gpid
),

orders as (
    select
        members.hierarchy,
        members.ancestor_gpid,
        orders.currency_code,
        count(*) as order_count,
        sum(orders.total_amount) as amount
    from members
    inner join {{ ref('fct_orders') }} as orders
        on members.gpid = orders.gpid and orders.is_sale
    group by members.hierarchy, members.ancestor_gpid, orders.currency_code
),

opportunities as (
    select
        members.hierarchy,
        members.ancestor_gpid,
        opportunities.currency_code,
        count(*) as opportunity_count,
        sum(opportunities.amount) as amount
    from members
    inner join {{ ref('fct_opportunities') }} as opportunities
        on members.gpid = opportunities.gpid and not opportunities.is_closed
    group by members.hierarchy, members.ancestor_gpid, opportunities.currency_code
),

-- amounts of several currencies are never added up
order_sums as (
    select
        hierarchy,
        ancestor_gpid,
        cast(sum(order_count) as bigint) as order_count,
        list(
            struct_pack(
                currency_code := currency_code,
                amount := cast(amount as decimal(18, 2))
            )
            order by currency_code
        ) as order_amounts
    from orders
    group by hierarchy, ancestor_gpid
),

opportunity_sums as (
    select
        hierarchy,
        ancestor_gpid,
        cast(sum(opportunity_count) as bigint) as open_opportunity_count,
        list(
            struct_pack(
                currency_code := currency_code,
                amount := cast(amount as decimal(18, 2))
            )
            order by currency_code
        ) as open_opportunity_amounts
    from opportunities
    group by hierarchy, ancestor_gpid
),

case_sums as (
    select
        members.hierarchy,
        members.ancestor_gpid,
        count(*) as case_count,
        count(*) filter (where not cases.is_closed) as open_case_count
    from members
    inner join {{ ref('fct_cases') }} as cases on members.gpid = cases.gpid
    group by members.hierarchy, members.ancestor_gpid
),

final as (
    select
        sizes.hierarchy,
        sizes.ancestor_gpid as gpid,
        links.parent_gpid,
        sizes.organization_count,
        sizes.depth,
        coalesce(order_sums.order_count, 0) as order_count,
        order_sums.order_amounts,
        coalesce(opportunity_sums.open_opportunity_count, 0) as open_opportunity_count,
        opportunity_sums.open_opportunity_amounts,
        coalesce(case_sums.case_count, 0) as case_count,
        coalesce(case_sums.open_case_count, 0) as open_case_count
    from sizes
    left join {{ ref('organization_links') }} as links
        on sizes.hierarchy = links.hierarchy
        and sizes.ancestor_gpid = links.gpid
        and links.status = 'used'
    left join order_sums
        on sizes.hierarchy = order_sums.hierarchy
        and sizes.ancestor_gpid = order_sums.ancestor_gpid
    left join opportunity_sums
        on sizes.hierarchy = opportunity_sums.hierarchy
        and sizes.ancestor_gpid = opportunity_sums.ancestor_gpid
    left join case_sums
        on sizes.hierarchy = case_sums.hierarchy
        and sizes.ancestor_gpid = case_sums.ancestor_gpid
)

select * from final
