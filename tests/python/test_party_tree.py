"""The tree of strongest links, against the definition and a plain implementation."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from customer360.clustering import Links, components
from customer360.party_tree import Forest, strongest_trees, sums_across

SIZE = 9


@st.composite
def weighed_links(draw: st.DrawFn) -> Links:
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
            .filter(lambda pair: pair[0] != pair[1])
            .map(lambda pair: (min(pair), max(pair))),
            unique=True,
            max_size=20,
        )
    )
    weights = draw(
        st.lists(
            st.sampled_from([-4.0, -1.0, 0.0, 3.0, 3.0, 9.0, 10_000.0]),
            min_size=len(pairs),
            max_size=len(pairs),
        )
    )
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Links(array[:, 0], array[:, 1], np.array(weights, dtype=float))


def below(forest: Forest, record: int) -> set[int]:
    """The record and all that hang from it, by following parents up."""
    found = set()
    for start in range(SIZE):
        walk = start
        while walk not in (-1, record):
            walk = int(forest.parent[walk])
        if walk == record:
            found.add(start)
    return found


def crossing(forest: Forest, links: Links, record: int) -> npt.NDArray[np.bool_]:
    side = below(forest, record)
    return np.array(
        [
            (a in side) != (b in side)
            for a, b in zip(links.left.tolist(), links.right.tolist(), strict=True)
        ],
        dtype=bool,
    )


@given(weighed_links())
def test_every_connected_group_of_records_is_one_tree(links: Links) -> None:
    forest = strongest_trees(SIZE, links)
    labels = components(SIZE, links.left, links.right)
    assert (forest.parent < 0).sum() == len(set(labels.tolist()))
    hanging = np.flatnonzero(forest.parent >= 0)
    assert (labels[hanging] == labels[forest.parent[hanging]]).all()
    for record in hanging:
        link = forest.link[record]
        assert {links.left[link], links.right[link]} == {record, forest.parent[record]}
        assert forest.depth[record] == forest.depth[forest.parent[record]] + 1


@given(weighed_links())
def test_no_link_across_is_stronger_than_the_one_of_the_tree(links: Links) -> None:
    forest = strongest_trees(SIZE, links)
    for record in np.flatnonzero(forest.parent >= 0).tolist():
        across = links.weight[crossing(forest, links, record)]
        assert across.max() == links.weight[forest.link[record]]


@given(weighed_links())
def test_what_falls_off_are_the_places_from_the_record_on(links: Links) -> None:
    forest = strongest_trees(SIZE, links)
    labels = components(SIZE, links.left, links.right)
    for record in range(SIZE):
        places = range(forest.place[record], forest.place[record] + forest.below[record])
        inside = {
            other
            for other in range(SIZE)
            if labels[other] == labels[record] and forest.place[other] in places
        }
        assert inside == below(forest, record)


@given(weighed_links())
def test_sums_across_count_each_crossing_link_once(links: Links) -> None:
    forest = strongest_trees(SIZE, links)
    sums = sums_across(forest, links, links.weight)
    for record in range(SIZE):
        expected = (
            links.weight[crossing(forest, links, record)].sum()
            if forest.parent[record] >= 0
            else 0.0
        )
        assert sums[record] == expected


@given(weighed_links(), st.randoms(use_true_random=False))
def test_the_order_of_the_links_does_not_matter(links: Links, random: object) -> None:
    order = np.arange(len(links.weight))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Links(links.left[order], links.right[order], links.weight[order])
    one, other = strongest_trees(SIZE, links), strongest_trees(SIZE, shuffled)
    assert (one.parent == other.parent).all()
    assert (one.place == other.place).all()
