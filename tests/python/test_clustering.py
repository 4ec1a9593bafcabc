"""What a partition may depend on: the values of pairs, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.clustering import (
    CANNOT_LINK,
    MUST_LINK,
    Links,
    average_linkage,
    bounded_components,
    components,
    pair_values,
    recluster,
)

SIZE = 9
Pairs = dict[tuple[int, int], float]


def links(pairs: Pairs) -> Links:
    left = np.array([pair[0] for pair in pairs], dtype=np.int64)
    right = np.array([pair[1] for pair in pairs], dtype=np.int64)
    return Links(left, right, np.array(list(pairs.values()), dtype=float))


def partition(pairs: Pairs, size: int = SIZE, threshold: float = -1.0) -> list[int]:
    labels = bounded_components(size, links(pairs), threshold=threshold, largest=200)
    inside = {pair: value for pair, value in pairs.items() if labels[pair[0]] == labels[pair[1]]}
    return [int(label) for label in recluster(size, labels, links(inside), largest=200)]


@st.composite
def weighed_pairs(draw: st.DrawFn, size: int = SIZE) -> Pairs:
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(
        lambda p: p[0] < p[1]
    )
    # eighths add up exactly, so that the order of additions cannot show
    value = st.integers(-80, 80).map(lambda eighths: eighths / 8)
    return draw(st.dictionaries(pair, value, max_size=20))


@given(weighed_pairs(), st.randoms(use_true_random=False))
def test_the_order_and_direction_of_links_do_not_matter(pairs: Pairs, random) -> None:
    items = list(pairs.items())
    random.shuffle(items)
    assert partition(dict(items)) == partition(pairs)
    turned = {(b, a): value for (a, b), value in items}
    assert partition(turned) == partition(pairs)


@given(weighed_pairs())
def test_every_record_is_in_the_cluster_of_its_first_member(pairs: Pairs) -> None:
    labels = partition(pairs)
    assert all(labels[label] == label <= record for record, label in enumerate(labels))


@given(weighed_pairs())
def test_clusters_never_cross_components(pairs: Pairs) -> None:
    chosen = {pair: value for pair, value in pairs.items() if value >= -1}
    reached = components(SIZE, links(chosen))
    labels = partition(pairs)
    assert all(reached[label] == reached[record] for record, label in enumerate(labels))


@given(weighed_pairs(), st.tuples(st.integers(0, SIZE - 2), st.integers(0, SIZE - 2)))
def test_a_cannot_link_always_holds(pairs: Pairs, apart: tuple[int, int]) -> None:
    a, b = min(apart), max(apart) + 1
    labels = partition(pairs | {(a, b): CANNOT_LINK})
    assert labels[a] != labels[b]


@given(weighed_pairs())
def test_an_unrelated_component_changes_nothing(pairs: Pairs) -> None:
    more = pairs | {(SIZE, SIZE + 1): 5.0, (SIZE + 1, SIZE + 2): 5.0, (SIZE, SIZE + 2): -3.0}
    assert partition(more, SIZE + 3)[:SIZE] == partition(pairs)


def test_a_chain_of_matches_joins_when_its_ends_do_not_contradict() -> None:
    chain = {(i, i + 1): 12.0 for i in range(4)}
    assert partition(chain, 5) == [0] * 5


def test_one_strong_link_does_not_chain_two_parties_together() -> None:
    one = {(0, 1): 10.0, (0, 2): 10.0, (1, 2): 10.0}
    other = {(3, 4): 10.0, (3, 5): 10.0, (4, 5): 10.0}
    between = {(a, b): -4.0 for a in range(3) for b in range(3, 6)} | {(2, 3): 9.0}
    assert partition(one | other | between, 6) == [0, 0, 0, 3, 3, 3]


def test_ties_are_broken_by_the_order_of_records() -> None:
    assert partition({(0, 1): 5.0, (1, 2): 5.0, (0, 2): -9.0}, 3) == [0, 0, 2]


def test_a_component_above_the_cap_falls_apart_at_a_higher_bar_but_must_links_hold() -> None:
    size = 260
    weak = {(i, i + 1): 0.5 + (i % 3) * 4 for i in range(size - 1)}
    labels = bounded_components(
        size, links(weak | {(0, size - 1): MUST_LINK}), threshold=-1.0, largest=200
    )
    assert np.bincount(labels).max() <= 200
    assert labels[0] == labels[size - 1]
    assert len(set(labels)) < size


def test_what_must_links_hold_together_stays_whole_however_large() -> None:
    size = 500
    held = {(i, i + 1): MUST_LINK for i in range(size - 1)}
    assert partition(held, size) == [0] * size


def test_no_records_and_no_links_are_no_clusters() -> None:
    assert partition({}, 0) == []
    assert partition({}, 3) == [0, 1, 2]


@settings(max_examples=50)
@given(st.integers(2, 6), st.data())
def test_components_of_one_size_are_clustered_as_each_would_be_alone(
    size: int, data: st.DataObject
) -> None:
    count = 3
    cells = st.lists(st.integers(-40, 40), min_size=size * size, max_size=size * size)
    stack = np.array([data.draw(cells) for _ in range(count)], dtype=float).reshape(-1, size, size)
    stack = np.triu(stack, 1) + np.triu(stack, 1).transpose(0, 2, 1)
    together = average_linkage(stack)
    for index in range(count):
        assert (average_linkage(stack[index : index + 1])[0] == together[index]).all()


@pytest.mark.parametrize(
    ("weight", "stranger", "household", "value"),
    [
        (3.0, 20.0, 10.0, 3.0),  # a match speaks with its weight
        (-11.0, 0.0, 0.0, -1.0),  # nothing in common and nothing against: one bit
        (-20.0, -9.0, -8.0, -9.0),  # its own evidence, not the prior, speaks against
        (-2.0, 10.0, 5.0, -1.0),
    ],
)
def test_absence_of_evidence_costs_one_bit(
    weight: float, stranger: float, household: float, value: float
) -> None:
    result = pair_values(np.array([weight]), np.array([stranger]), np.array([household]))
    assert result[0] == value
