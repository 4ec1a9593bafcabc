"""The measures agree with their definitions, counted pair by pair and record by record."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.evaluation import (
    PairCounts,
    PartitionError,
    PartitionQuality,
    compare_partitions,
    harmonic_mean,
)

Labels = Mapping[str, int]

records = st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=12)
labels_of_both = records.flatmap(
    lambda keys: st.tuples(
        st.fixed_dictionaries({key: st.integers(0, 4) for key in keys}),
        st.fixed_dictionaries({key: st.integers(0, 4) for key in keys}),
    )
)


@pytest.fixture(scope="module")
def con():
    return duckdb.connect()


def register(
    con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[str | None, int | None]]
) -> None:
    con.register(
        name,
        pa.table(
            {"record_key": [r for r, _ in rows], "party_id": [p for _, p in rows]},
            schema=pa.schema([("record_key", pa.string()), ("party_id", pa.int64())]),
        ),
    )


def compare(con: duckdb.DuckDBPyConnection, predicted: Labels, truth: Labels) -> PartitionQuality:
    register(con, "predicted_rows", list(predicted.items()))
    register(con, "true_rows", list(truth.items()))
    return compare_partitions(con, predicted="predicted_rows", truth="true_rows")


def pairs_of(labels: Labels) -> set[frozenset[str]]:
    return {frozenset((a, b)) for a, b in combinations(labels, 2) if labels[a] == labels[b]}


def b_cubed(labels: Labels, reference: Labels) -> float:
    """Mean over records: share of the record's party in `labels` that `reference` puts with it."""
    shares = []
    for record in labels:
        party = [other for other in labels if labels[other] == labels[record]]
        shares.append(sum(reference[o] == reference[record] for o in party) / len(party))
    return sum(shares) / len(shares) if shares else 1.0


@given(labels_of_both)
@settings(max_examples=60, deadline=None)
def test_measures_equal_their_definitions(con, both):
    predicted, truth = both
    quality = compare(con, predicted, truth)
    predicted_pairs, true_pairs = pairs_of(predicted), pairs_of(truth)
    assert quality.pairs == PairCounts(
        len(predicted_pairs), len(true_pairs), len(predicted_pairs & true_pairs)
    )
    assert quality.b_cubed_precision == pytest.approx(b_cubed(predicted, truth))
    assert quality.b_cubed_recall == pytest.approx(b_cubed(truth, predicted))
    assert quality.record_count == len(truth)
    assert quality.predicted_parties == len(set(predicted.values()))
    assert quality.true_parties == len(set(truth.values()))


@given(labels_of_both)
@settings(max_examples=25, deadline=None)
def test_exchanging_prediction_and_truth_exchanges_precision_and_recall(con, both):
    one, other = both
    forth, back = compare(con, one, other), compare(con, other, one)
    assert forth.pairs.precision == back.pairs.recall
    assert forth.b_cubed_precision == pytest.approx(back.b_cubed_recall)
    assert forth.pairs.f1 == pytest.approx(back.pairs.f1)


@given(labels_of_both)
@settings(max_examples=25, deadline=None)
def test_a_partition_agrees_with_itself_whatever_its_parties_are_called(con, both):
    truth, _ = both
    renamed = {key: -label for key, label in truth.items()}
    quality = compare(con, renamed, truth)
    assert (quality.pairs.f1, quality.pairs.false, quality.pairs.missed) == (1.0, 0, 0)
    assert quality.b_cubed_f1 == pytest.approx(1.0)


def test_known_example(con):
    predicted = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 3}
    truth = {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3}
    quality = compare(con, predicted, truth)
    assert quality.pairs == PairCounts(predicted=3, true=2, common=1)
    assert (quality.pairs.precision, quality.pairs.recall) == (1 / 3, 1 / 2)
    assert quality.pairs.f1 == pytest.approx(0.4)
    # a and b: 2 of 3, c: 1 of 3, d and e: alone
    assert quality.b_cubed_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert quality.b_cubed_recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)


def test_nothing_joined_is_precise_and_finds_nothing(con):
    quality = compare(con, {"a": 1, "b": 2}, {"a": 7, "b": 7})
    assert (quality.pairs.precision, quality.pairs.recall, quality.pairs.f1) == (1.0, 0.0, 0.0)


def test_harmonic_mean_of_nothing_is_nothing():
    assert harmonic_mean(0.0, 0.0) == 0.0


def test_one_party_of_a_million_records_needs_no_pairs(con):
    size = 1_000_000
    everything = con.sql(f"select i as record_key, 0 as party_id from range({size}) t(i)")
    nothing = con.sql(f"select i as record_key, i as party_id from range({size}) t(i)")
    quality = compare_partitions(con, predicted=everything, truth=nothing)
    assert quality.pairs == PairCounts(size * (size - 1) // 2, 0, 0)
    assert quality.b_cubed_precision == pytest.approx(1 / size)
    assert quality.b_cubed_recall == 1.0


@pytest.mark.parametrize(
    ("predicted", "truth", "message"),
    [
        ([("a", 1), ("b", 1)], [("a", 1)], "1 records are in the prediction only, e.g. b"),
        ([("a", 1)], [("a", 1), ("c", 1)], "1 records are in the truth only, e.g. c"),
        ([("a", 1), ("a", 2)], [("a", 1)], "predicted: 1 records in more than one row, e.g. a"),
        ([("a", 1)], [("a", 1), ("a", 1)], "truth: 1 records in more than one row, e.g. a"),
        ([("a", None)], [("a", 1)], "predicted: 1 rows without"),
        ([("a", 1)], [("a", 1), (None, 1)], "truth: 1 rows without"),
    ],
)
def test_partitions_of_different_records_are_refused(con, predicted, truth, message):
    register(con, "predicted_rows", predicted)
    register(con, "true_rows", truth)
    with pytest.raises(PartitionError, match=message):
        compare_partitions(con, predicted="predicted_rows", truth="true_rows")
