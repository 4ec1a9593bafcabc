"""What a partition may depend on: the values of pairs and what has been decided, nothing else."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360 import clustering
from customer360.clustering import (
    Constraints,
    Links,
    Pieces,
    average_linkage,
    bounded_components,
    cluster,
    components,
    must_groups,
    pair_values,
)

SIZE = 9
Pair = tuple[int, int]
Pairs = dict[Pair, float]
# (a, b, is_must, precedence)
Decided = list[tuple[int, int, bool, int]]


def links(pairs: Pairs) -> Links:
    left = np.array([pair[0] for pair in pairs], dtype=np.int64)
    right = np.array([pair[1] for pair in pairs], dtype=np.int64)
    return Links(left, right, np.array(list(pairs.values()), dtype=float))


def constraints(decided: Decided) -> Constraints:
    columns = list(zip(*decided, strict=True)) or [(), (), (), ()]
    return Constraints(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=bool),
        np.array(columns[3], dtype=np.int64),
    )


def pieces_of(
    pairs: Pairs, size: int, decided: Decided, *, threshold: float = -1.0, largest: int = 200
) -> Pieces:
    groups = must_groups(size, constraints(decided))
    return bounded_components(
        size, links(pairs), groups=groups, threshold=threshold, largest=largest
    )


def partition(
    pairs: Pairs, size: int = SIZE, decided: Decided | None = None, *, largest: int = 200
) -> list[int]:
    decided = decided or []
    pieces = pieces_of(pairs, size, decided, largest=largest)
    clusters = cluster(size, pieces, links(pairs), constraints(decided))
    return [int(label) for label in clusters]


@st.composite
def weighed_pairs(draw: st.DrawFn, size: int = SIZE) -> Pairs:
    # eighths add up exactly, so that the order of additions cannot show
    value = st.integers(-80, 80).map(lambda eighths: eighths / 8)
    return draw(st.dictionaries(pair_of(size), value, max_size=20))


def pair_of(size: int = SIZE) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(
        lambda p: p[0] < p[1]
    )


def decisions(size: int = SIZE) -> st.SearchStrategy[Decided]:
    one = st.tuples(pair_of(size), st.booleans(), st.integers(1, 3)).map(
        lambda d: (*d[0], d[1], d[2])
    )
    return st.lists(one, max_size=12)


# small caps, so that components above the cap are drawn too
caps = st.sampled_from([2, 3, 5, 200])


@given(weighed_pairs(), decisions(), caps, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_links_do_not_matter(
    pairs: Pairs, decided: Decided, largest: int, order: random.Random
) -> None:
    items = list(pairs.items())
    order.shuffle(items)
    expected = partition(pairs, decided=decided, largest=largest)
    assert partition(dict(items), decided=decided, largest=largest) == expected
    turned = {(b, a): value for (a, b), value in items}
    turned_decisions = [(b, a, is_must, rank) for a, b, is_must, rank in decided]
    assert partition(turned, decided=turned_decisions, largest=largest) == expected


@given(weighed_pairs(), decisions(), caps)
def test_every_record_is_in_the_cluster_of_its_first_member(
    pairs: Pairs, decided: Decided, largest: int
) -> None:
    labels = partition(pairs, decided=decided, largest=largest)
    assert all(labels[label] == label <= record for record, label in enumerate(labels))


@given(weighed_pairs(), decisions())
def test_clusters_never_cross_components(pairs: Pairs, decided: Decided) -> None:
    chosen = [pair for pair, value in pairs.items() if value >= -1]
    chosen += [(a, b) for a, b, is_must, _ in decided if is_must]
    left = np.array([a for a, _ in chosen], dtype=np.int64)
    right = np.array([b for _, b in chosen], dtype=np.int64)
    reached = components(SIZE, left, right)
    labels = partition(pairs, decided=decided)
    assert all(reached[label] == reached[record] for record, label in enumerate(labels))


@given(weighed_pairs(), decisions(), pair_of(), caps)
def test_a_cannot_link_of_the_first_precedence_always_holds(
    pairs: Pairs, decided: Decided, apart: Pair, largest: int
) -> None:
    strongest: Decided = [(*apart, False, 0)]
    labels = partition(pairs, decided=decided + strongest, largest=largest)
    assert labels[apart[0]] != labels[apart[1]]


@given(weighed_pairs(), decisions(), caps)
def test_a_cannot_link_holds_unless_stronger_must_links_join_its_records(
    pairs: Pairs, decided: Decided, largest: int
) -> None:
    labels = partition(pairs, decided=decided, largest=largest)
    for a, b, is_must, precedence in decided:
        if not is_must and labels[a] == labels[b]:
            stronger = [d for d in decided if d[3] < precedence]
            groups = must_groups(SIZE, constraints(stronger))
            assert groups[a] == groups[b]


@given(weighed_pairs(), decisions(), caps)
def test_a_must_link_holds_unless_a_cannot_link_as_strong_is_in_its_way(
    pairs: Pairs, decided: Decided, largest: int
) -> None:
    labels = partition(pairs, decided=decided, largest=largest)
    for a, b, is_must, precedence in decided:
        if is_must and labels[a] != labels[b]:
            assert any(
                {labels[c], labels[d]} == {labels[a], labels[b]} and rank <= precedence
                for c, d, joins, rank in decided
                if not joins
            )


@given(weighed_pairs(), decisions(), caps)
def test_must_links_hold_where_nothing_contradicts_them(
    pairs: Pairs, decided: Decided, largest: int
) -> None:
    must: Decided = [(a, b, True, rank) for a, b, _, rank in decided]
    labels = partition(pairs, decided=must, largest=largest)
    assert all(labels[a] == labels[b] for a, b, _, _ in must)


@given(weighed_pairs(), decisions(), st.lists(pair_of(), max_size=3))
def test_a_steward_who_joins_two_records_joins_their_parties(
    pairs: Pairs, decided: Decided, same: list[Pair]
) -> None:
    """Nothing that was together is taken apart, as long as nothing has to stay apart."""
    held: Decided = [(a, b, True, rank) for a, b, _, rank in decided]
    before = partition(pairs, decided=held)
    after = partition(pairs, decided=held + [(a, b, True, 1) for a, b in same])
    assert all(after[record] == after[label] for record, label in enumerate(before))


@given(weighed_pairs(), decisions(), caps)
def test_an_unrelated_component_changes_nothing(
    pairs: Pairs, decided: Decided, largest: int
) -> None:
    more = pairs | {(SIZE, SIZE + 1): 5.0, (SIZE + 1, SIZE + 2): 5.0, (SIZE, SIZE + 2): -3.0}
    more_decided: Decided = [*decided, (SIZE + 3, SIZE + 4, True, 2), (SIZE, SIZE + 4, False, 1)]
    alone = partition(pairs, decided=decided, largest=largest)
    together = partition(more, SIZE + 5, more_decided, largest=largest)
    assert together[:SIZE] == alone


def test_of_trusted_links_that_a_decision_parts_the_older_holds() -> None:
    """a and b are declared to be c, c first to be a; a steward says that a is not b."""
    a, b, c = 0, 1, 2
    decided: Decided = [(a, b, False, 1), (a, c, True, 3), (b, c, True, 3)]
    assert partition({}, 3, decided) == [a, b, a]
    assert partition({}, 3, [decided[0], decided[2], decided[1]]) == [a, b, b]


def test_a_steward_overrules_a_rule_and_a_rule_overrules_a_trusted_link() -> None:
    rule_apart, trusted, steward = (0, 1, False, 2), (0, 1, True, 3), (0, 1, True, 1)
    assert partition({(0, 1): 50.0}, 2, [trusted, rule_apart]) == [0, 1]
    assert partition({(0, 1): -50.0}, 2, [rule_apart, steward]) == [0, 0]


def test_what_a_decision_overrules_holds_nothing_together() -> None:
    decided: Decided = [(0, 1, True, 1), (0, 2, True, 2), (1, 2, False, 1)]
    assert partition({}, 3, decided) == [0, 0, 2]


def test_no_sum_of_scores_outvotes_a_cannot_link() -> None:
    size = 200
    crowd = {(a, b): 60.0 for a in range(size) for b in range(a + 1, size)}
    assert partition(crowd, size, [(0, 1, False, 1)]) == [0, 1] + [0] * (size - 2)


def test_a_chain_of_matches_joins_when_its_ends_do_not_contradict() -> None:
    chain = {(i, i + 1): 12.0 for i in range(4)}
    assert partition(chain, 5) == [0] * 5


def test_one_strong_link_does_not_chain_two_parties_together() -> None:
    one = {(0, 1): 10.0, (0, 2): 10.0, (1, 2): 10.0}
    other = {(3, 4): 10.0, (3, 5): 10.0, (4, 5): 10.0}
    between = {(a, b): -4.0 for a in range(3) for b in range(3, 6)} | {(2, 3): 9.0}
    assert partition(one | other | between, 6) == [0, 0, 0, 3, 3, 3]


def test_the_parties_of_two_joined_records_become_one_but_for_what_is_kept_apart() -> None:
    """3 and 5 are the same; 4 was with 3, 6 with 5, and they contradict each other."""
    pairs = {(3, 4): 9.0, (5, 6): 9.0, (4, 6): -30.0, (3, 6): -30.0, (4, 5): -30.0}
    assert partition(pairs, 7, [(3, 5, True, 1)]) == [0, 1, 2, 3, 3, 3, 3]
    assert partition(pairs, 7, [(3, 5, True, 1), (4, 6, False, 1)]) == [0, 1, 2, 3, 3, 3, 6]


def test_a_group_weighs_as_many_records_as_it_has() -> None:
    """Two of three joined records contradict the fourth: the one that matches is outvoted."""
    held: Decided = [(0, 1, True, 3), (1, 2, True, 3)]
    assert partition({(0, 3): 10.0, (1, 3): -6.0, (2, 3): -6.0}, 4, held) == [0, 0, 0, 3]
    assert partition({(0, 3): 10.0, (1, 3): -4.0, (2, 3): -4.0}, 4, held) == [0, 0, 0, 0]


def test_ties_are_broken_by_the_order_of_records() -> None:
    assert partition({(0, 1): 5.0, (1, 2): 5.0, (0, 2): -9.0}, 3) == [0, 0, 2]


def test_a_component_above_the_cap_falls_apart_at_a_higher_bar_but_must_links_hold() -> None:
    size = 260
    weak = {(i, i + 1): 0.5 + (i % 3) * 4 for i in range(size - 1)}
    pieces = pieces_of(weak, size, [(0, size - 1, True, 3)])
    assert np.bincount(pieces.labels).max() <= 200
    assert pieces.labels[0] == pieces.labels[size - 1]
    assert len(set(pieces.labels)) < size


def test_a_crowd_of_matches_that_all_weigh_the_same_is_one_party() -> None:
    size = 240
    crowd = {(a, b): 6.0 for a in range(size) for b in range(a + 1, size)}
    assert partition(crowd, size) == [0] * size


def test_a_crowd_that_no_bar_takes_apart_is_still_taken_apart_by_what_contradicts() -> None:
    size = 240
    crowd = {
        (a, b): 6.0 if a % 2 == b % 2 else -8.0 for a in range(size) for b in range(a + 1, size)
    }
    crowd[0, 1] = 5.0
    assert partition(crowd, size) == [0, 1] * (size // 2)


def test_a_crowd_too_large_to_be_examined_is_held_back() -> None:
    size, largest = 61, 6
    chain = {(i, i + 1): 6.0 for i in range(size - 1)}
    pieces = pieces_of(chain, size, [(3, 7, True, 3)], largest=largest)
    assert pieces.is_held_back.all()
    assert partition(chain, size, [(3, 7, True, 3)], largest=largest) == [
        3 if i == 7 else i for i in range(size)
    ]
    del chain[size - 2, size - 1]
    assert not pieces_of(chain, size, [], largest=largest).is_held_back.any()


def test_what_must_links_hold_together_stays_whole_however_large() -> None:
    size = 5000
    held: Decided = [(i, i + 1, True, 3) for i in range(size - 1)]
    assert partition({}, size, held) == [0] * size


def test_no_records_and_no_links_are_no_clusters() -> None:
    assert partition({}, 0) == []
    assert partition({}, 3) == [0, 1, 2]


@settings(max_examples=50)
@given(st.integers(2, 6), st.data())
def test_components_of_one_size_are_clustered_as_each_would_be_alone(
    size: int, data: st.DataObject
) -> None:
    count = 3
    cell = st.integers(-40, 40).map(float) | st.just(-np.inf)
    cells = st.lists(cell, min_size=size * size, max_size=size * size)
    stack = np.array([data.draw(cells) for _ in range(count)], dtype=float).reshape(-1, size, size)
    upper = np.triu(np.ones((size, size), dtype=bool), 1)
    stack = np.where(upper, stack, np.where(upper.T, stack.transpose(0, 2, 1), 0.0))
    records = np.array(
        data.draw(st.lists(st.integers(1, 3), min_size=count * size, max_size=count * size)),
        dtype=float,
    ).reshape(count, size)
    together = average_linkage(stack, records)
    for index in range(count):
        alone = average_linkage(stack[index : index + 1], records[index : index + 1])[0]
        assert (alone == together[index]).all()
        large = clustering._average_linkage_of_one(stack[index], records[index])
        assert (large == together[index]).all(), "the algorithm for large components is the same"


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
