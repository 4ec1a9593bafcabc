"""What holds a party together: the tree of its strongest links.

Of all ways to connect a party's records by links, the maximum spanning tree is the one whose
weakest link is strongest. Taking one link out of it parts the records into two sides, and no other
link across the two is stronger: so the tree says of each link what would fall apart without it.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from customer360.clustering import CANNOT_LINK, Floats, Ints, Links, components

TREE_COLUMNS = (
    "record_key",
    "cluster_id",
    "parent_record_key",
    "link_type",
    "match_weight",
    "depth",
    "place",
    "records_below",
    "records_beside",
    "pairs_across",
    "links_across",
    "mean_value_across",
    "compared_records",
    "opposed_records",
    "component_hash",
)
"""The columns of what `party_trees` returns."""

# what clustering takes for a pair of which no evidence was kept
_UNKNOWN_PAIR = -1.0


@dataclass(frozen=True)
class Forest:
    """One tree per party, over records by position.

    Attributes:
        parent: the record that each record hangs from; −1 for a root.
        link: position of the link to the parent among the links; −1 for a root.
        depth: number of links up to the root.
        place: position in its tree in depth-first order from 0, strongest branches first: the
            records below a record are those at the `below` places from its own on.
        below: records that would be cut off without the link to the parent, itself included.

    """

    parent: Ints
    link: Ints
    depth: Ints
    place: Ints
    below: Ints


def strongest_trees(size: int, links: Links) -> Forest:
    """Span the records by their strongest links; of equal weights the first pair of records wins.

    A tree starts from the record with most links in it, of several the first.

    Args:
        size: number of records.
        links: pairs with the first record before the second, each pair once.

    """
    # a rank instead of the weight: no two are equal, so there is one tree only
    rank = np.empty(len(links.weight), dtype=np.int64)
    rank[np.lexsort((links.right, links.left, -links.weight))] = np.arange(1, len(rank) + 1)
    graph = coo_array((rank.astype(float), (links.left, links.right)), shape=(size, size)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    by_rank = np.empty(len(rank) + 1, dtype=np.int64)
    by_rank[rank] = np.arange(len(rank))
    chosen = by_rank[tree.data.astype(np.int64)]
    left, right = links.left[chosen], links.right[chosen]

    roots = _roots(size, left, right)
    # one search reaches every tree: from a node that all roots hang from
    start = np.full(len(roots), size)
    search = coo_array(
        (
            np.ones(len(left) + len(roots)),
            (np.concatenate([left, start]), np.concatenate([right, roots])),
        ),
        shape=(size + 1, size + 1),
    ).tocsr()
    _, before = breadth_first_order(search, size, directed=False)
    parent = before[:size].astype(np.int64)
    is_root = parent == size
    parent[is_root] = -1

    link = np.full(size, -1, dtype=np.int64)
    goes_up = parent[left] == right
    link[np.where(goes_up, left, right)] = chosen

    depth = _depths(parent)
    levels = _levels(depth)
    below = np.ones(size, dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(below, parent[level], below[level])

    weight = np.where(link >= 0, links.weight[link] if len(links.weight) else 0.0, np.inf)
    place = np.zeros(size, dtype=np.int64)
    children = np.flatnonzero(~is_root)
    children = children[np.lexsort((children, -weight[children], parent[children]))]
    total = np.cumsum(below[children]) - below[children]
    first = np.ones(len(children), dtype=bool)
    first[1:] = parent[children][1:] != parent[children][:-1]
    offset = np.zeros(size, dtype=np.int64)
    group_start = np.maximum.accumulate(np.where(first, np.arange(len(children)), 0))
    offset[children] = 1 + total - total[group_start]
    for level in levels[1:]:
        place[level] = place[parent[level]] + offset[level]
    return Forest(parent=parent, link=link, depth=depth, place=place, below=below)


def sums_across(forest: Forest, links: Links, values: Floats) -> Floats:
    """For each record the sum of values over the links across its link to the parent.

    A link crosses when it joins a record below with one that is not. Each link counts at both its
    ends and twice less where their paths meet, so that what is left below a record is what leaves
    it.

    Args:
        forest: the trees.
        links: pairs of records, each of one tree.
        values: one value per link.

    """
    one, other = links.left.copy(), links.right.copy()
    active = np.flatnonzero(one != other)
    while active.size:
        climbs = forest.depth[one[active]] >= forest.depth[other[active]]
        up, down = active[climbs], active[~climbs]
        one[up] = forest.parent[one[up]]
        other[down] = forest.parent[other[down]]
        active = active[one[active] != other[active]]
    size = len(forest.parent)
    sums = (
        np.bincount(links.left, values, size)
        + np.bincount(links.right, values, size)
        - 2 * np.bincount(one, values, size)
    )
    for level in reversed(_levels(forest.depth)[1:]):
        np.add.at(sums, forest.parent[level], sums[level])
    result: Floats = np.where(forest.parent < 0, 0.0, sums)
    return result


def _roots(size: int, left: Ints, right: Ints) -> Ints:
    """The record with most links of each tree, of several the first."""
    degree = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    labels = components(size, left, right)
    order = np.lexsort((np.arange(size), -degree, labels))
    first = np.ones(size, dtype=bool)
    first[1:] = labels[order][1:] != labels[order][:-1]
    roots: Ints = order[first].astype(np.int64)
    return roots


def _depths(parent: Ints) -> Ints:
    """Count the links up to the root, twice as many steps at once each time."""
    size = len(parent)
    above = np.append(np.where(parent < 0, size, parent), size)
    depth = (above != size).astype(np.int64)
    depth[size] = 0
    while (above[:size] != size).any():
        depth += depth[above]
        above = above[above]
    depths: Ints = depth[:size]
    return depths


def _levels(depth: Ints) -> list[Ints]:
    """The records of each depth, roots first."""
    order = np.argsort(depth, kind="stable").astype(np.int64)
    return np.split(order, np.cumsum(np.bincount(depth))[:-1]) if len(depth) else []


def party_trees(
    con: duckdb.DuckDBPyConnection,
    *,
    membership: str,
    edges: str,
    declared: str,
    link_threshold: float,
    former: str | None,
) -> duckdb.DuckDBPyRelation:
    """Find the tree of strongest links of every party that has more than one record.

    Args:
        con: a connection.
        membership: what `cluster_records` returned for these links and this threshold.
        edges: scored pairs, as `match_records` returns them.
        declared: links that need no score: `record_key_a, record_key_b, link_type, weight` in bits.
        link_threshold: weight in bits from which a pair links.
        former: what an earlier call returned; `None` where there is none. The trees of a component
            that is the same as then are taken from it, which changes how long this takes, and
            nothing else.

    Returns:
        One row per record of such a party: `record_key, cluster_id, parent_record_key` (null at the
        root), `link_type` and `match_weight` (bits) of the link to it, `depth, place,
        records_below, records_beside` (the party's other records), `pairs_across, links_across`,
        `mean_value_across` (bits, over all pairs across; those without evidence count −1), and
        `compared_records, opposed_records`: with how many others of the party it makes a kept pair,
        and one that speaks against a match; `component_hash` (as in `membership`; null where the
        partition depends on more than that).

    """
    # a component that is held back is as it was before, whatever its links are
    con.execute(
        f"""
        create or replace temp view tree_membership as
        select record_key, cluster_id, case when not is_held_back then component_hash end
            as component_hash
        from {membership}
        """
    )
    open_records = "tree_membership"
    unchanged = ""
    if former:
        open_records = f"tree_membership anti join {former} using (record_key, component_hash)"
        unchanged = f"""
        union all
        select former.*
        from {former} as former
        semi join tree_membership using (record_key, component_hash)
        """
    con.execute(
        f"""
        create or replace temp table tree_records as
        select
            record_key,
            cluster_id,
            component_hash,
            cluster_records,
            row_number() over (order by record_key) - 1 as position
        from (
            select
                record_key,
                cluster_id,
                component_hash,
                count(*) over (partition by cluster_id) as cluster_records
            from {open_records}
        )
        where cluster_records > 1;
        create or replace temp table tree_pairs as
        select
            a.position as l,
            b.position as r,
            arg_max(pairs.link_type, (pairs.match_weight, pairs.link_type)) as link_type,
            max(pairs.match_weight) as match_weight,
            max(pairs.pair_value) as pair_value
        from (
            select
                record_key_a,
                record_key_b,
                'score' as link_type,
                match_weight,
                case
                    when match_weight >= 0 then match_weight
                    else least(
                        -1, greatest(match_weight, least(stranger_weight, household_weight))
                    )
                end as pair_value
            from {edges}
            union all
            select record_key_a, record_key_b, link_type, weight, weight
            from {declared}
            where weight > {CANNOT_LINK}
        ) as pairs
        inner join tree_records as a on pairs.record_key_a = a.record_key
        inner join tree_records as b
            on pairs.record_key_b = b.record_key and a.cluster_id = b.cluster_id
        group by a.position, b.position
        """
    )
    found = con.execute(
        "select l, r, match_weight, pair_value from tree_pairs order by l, r"
    ).fetchnumpy()
    ((size,),) = con.execute("select count(*) from tree_records").fetchall()
    weight = np.asarray(found["match_weight"], float)
    links = Links(np.asarray(found["l"], np.int64), np.asarray(found["r"], np.int64), weight)
    forest = strongest_trees(size, links)
    value = np.asarray(found["pair_value"], float)
    opposed = (weight < 0).astype(float)
    con.register(
        "tree_positions",
        {
            "position": np.arange(size),
            "parent": forest.parent,
            "depth": forest.depth,
            "place": forest.place,
            "below": forest.below,
            "pairs_across": sums_across(forest, links, np.ones(len(weight))),
            "links_across": sums_across(forest, links, (weight >= link_threshold).astype(float)),
            "value_across": sums_across(forest, links, value - _UNKNOWN_PAIR),
            "compared": np.bincount(links.left, minlength=size)
            + np.bincount(links.right, minlength=size),
            "opposed": np.bincount(links.left, opposed, size)
            + np.bincount(links.right, opposed, size),
        },
    )
    con.execute(
        f"""
        create or replace temp table party_tree as
        select
            record.record_key,
            record.cluster_id,
            parent.record_key as parent_record_key,
            tree_pairs.link_type,
            tree_pairs.match_weight,
            tree.depth,
            tree.place,
            tree.below as records_below,
            record.cluster_records - tree.below as records_beside,
            round(tree.pairs_across)::bigint as pairs_across,
            round(tree.links_across)::bigint as links_across,
            case when parent.record_key is not null
                then {_UNKNOWN_PAIR}
                    + tree.value_across / (tree.below * (record.cluster_records - tree.below))
            end as mean_value_across,
            tree.compared::bigint as compared_records,
            tree.opposed::bigint as opposed_records,
            record.component_hash
        from tree_positions as tree
        inner join tree_records as record on tree.position = record.position
        left join tree_records as parent on tree.parent = parent.position
        left join tree_pairs
            on least(tree.position, tree.parent) = tree_pairs.l
            and greatest(tree.position, tree.parent) = tree_pairs.r
        {unchanged};
        drop table tree_pairs;
        drop table tree_records;
        """
    )
    con.unregister("tree_positions")
    return con.table("party_tree")
