"""How well a predicted partition of records agrees with the true one.

Both measures need the contingency table only: how many records each predicted party shares with
each true one. It has at most as many rows as there are records, whatever the size of the parties,
so no pair is ever enumerated.
"""

from dataclasses import dataclass

import duckdb

# a relation, or the name of a table or view
Partition = duckdb.DuckDBPyRelation | str

_EXAMPLES = 3


class PartitionError(ValueError):
    """Two partitions that cannot be compared: they do not divide the same records."""


@dataclass(frozen=True)
class PairCounts:
    """How many pairs of records two partitions put into one party.

    Attributes:
        predicted: pairs that the prediction joins.
        true: pairs that belong together.
        common: pairs that are both.

    """

    predicted: int
    true: int
    common: int

    @property
    def precision(self) -> float:
        """Share of the predicted pairs that are true; 1 when nothing is joined."""
        return self.common / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are predicted; 1 when there is nothing to find."""
        return self.common / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return harmonic_mean(self.precision, self.recall)

    @property
    def false(self) -> int:
        """Pairs that the prediction joins although they do not belong together."""
        return self.predicted - self.common

    @property
    def missed(self) -> int:
        """Pairs that belong together and are not joined."""
        return self.true - self.common


@dataclass(frozen=True)
class PartitionQuality:
    """What `compare_partitions` found.

    Attributes:
        record_count: records in both partitions.
        predicted_parties: parties that the prediction has.
        true_parties: parties that there are.
        pairs: pairwise counts, from which precision, recall and F1 follow.
        b_cubed_precision: mean over the records: share of the record's predicted party that truly
            belongs with it, itself included.
        b_cubed_recall: mean over the records: share of the record's true party that the prediction
            puts with it, itself included.

    """

    record_count: int
    predicted_parties: int
    true_parties: int
    pairs: PairCounts
    b_cubed_precision: float
    b_cubed_recall: float

    @property
    def b_cubed_f1(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return harmonic_mean(self.b_cubed_precision, self.b_cubed_recall)


def harmonic_mean(precision: float, recall: float) -> float:
    """F1, the balanced F-measure (van Rijsbergen 1979, Information Retrieval, ch. 7); 0 of zeros.

    >>> harmonic_mean(0.5, 1.0)
    0.6666666666666666
    """
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def compare_partitions(
    con: duckdb.DuckDBPyConnection, *, predicted: Partition, truth: Partition
) -> PartitionQuality:
    """Compare a predicted partition with the truth.

    With n_ij records in predicted party i and true party j, and a_i, b_j, N their sums:

    - Pairs: common = Σ n_ij (n_ij − 1) / 2, predicted = Σ a_i (a_i − 1) / 2, true likewise with
      b_j (Hubert and Arabie 1985, Comparing Partitions, Journal of Classification 2). Precision and
      recall of these pairs as in Menestrina, Whang and Garcia-Molina 2010, Evaluating Entity
      Resolution Results, VLDB 3(1).
    - B-cubed: precision = 1/N Σ n_ij² / a_i, recall = 1/N Σ n_ij² / b_j (Bagga and Baldwin 1998,
      Algorithms for Scoring Coreference Chains, with equal weights; the sum over records of Amigó
      et al. 2009, A Comparison of Extrinsic Clustering Evaluation Metrics, collected by cell).

    Pairwise figures weigh a party by the square of its size, B-cubed by its size: one wrongly
    merged large party ruins the first more than the second.

    Args:
        con: a connection; relations must be its own.
        predicted: `record_key, party_id`, one row per record; further columns are not read.
        truth: the same, of the same records. The ids of the two partitions need not be alike.

    Returns:
        The quality; all ones where both partitions are empty.

    Raises:
        PartitionError: when a record is in one partition only or twice in one of them, or a key or
            party is null. Which records count is for the caller to decide, never silently here.

    Example:
        >>> con = duckdb.connect()
        >>> found = con.sql("select unnest([1, 2, 3]) as record_key, 1 as party_id")
        >>> truth = con.sql("select unnest([1, 2, 3]) as record_key, unnest([1, 1, 2]) as party_id")
        >>> quality = compare_partitions(con, predicted=found, truth=truth)
        >>> quality.pairs
        PairCounts(predicted=3, true=1, common=1)
        >>> round(quality.b_cubed_precision, 4), quality.b_cubed_recall
        (0.5556, 1.0)

    """
    _check_same_records(con, predicted, truth)
    row = con.execute(
        f"""
        with cells as (
            select
                predicted.party_id as predicted_party,
                truth.party_id as true_party,
                count(*) as records
            from ({_query(predicted)}) as predicted
            inner join ({_query(truth)}) as truth on predicted.record_key = truth.record_key
            group by all
        ),

        predicted_parties as (
            select predicted_party, sum(records) as records from cells group by predicted_party
        ),

        true_parties as (
            select true_party, sum(records) as records from cells group by true_party
        ),

        -- a square may exceed 64 bits only beyond 3e9 records in one party; sums are 128 bits wide
        sums as (
            select
                coalesce(sum(cells.records), 0) as records,
                coalesce(sum(cells.records * (cells.records - 1) // 2), 0) as common_pairs,
                coalesce(sum(cells.records / predicted_parties.records * cells.records), 0)
                    as precise,
                coalesce(sum(cells.records / true_parties.records * cells.records), 0) as recalled
            from cells
            inner join predicted_parties using (predicted_party)
            inner join true_parties using (true_party)
        )

        select
            sums.*,
            (select count(*) from predicted_parties),
            (select count(*) from true_parties),
            (select coalesce(sum(records * (records - 1) // 2), 0) from predicted_parties),
            (select coalesce(sum(records * (records - 1) // 2), 0) from true_parties)
        from sums
        """
    ).fetchall()[0]
    records, common, precise, recalled, found, existing, predicted_pairs, true_pairs = row
    return PartitionQuality(
        record_count=int(records),
        predicted_parties=int(found),
        true_parties=int(existing),
        pairs=PairCounts(predicted=int(predicted_pairs), true=int(true_pairs), common=int(common)),
        b_cubed_precision=float(precise) / records if records else 1.0,
        b_cubed_recall=float(recalled) / records if records else 1.0,
    )


def _check_same_records(
    con: duckdb.DuckDBPyConnection, predicted: Partition, truth: Partition
) -> None:
    for name, partition in (("predicted", predicted), ("truth", truth)):
        empty = con.execute(
            f"select count(*) from ({_query(partition)})"
            " where record_key is null or party_id is null"
        ).fetchall()[0][0]
        if empty:
            raise PartitionError(f"{name}: {empty} rows without a record_key or a party_id")
        _raise_for(
            con,
            f"select record_key from ({_query(partition)}) group by record_key having count(*) > 1",
            f"{name}: {{count}} records in more than one row",
        )
    for name, one, other in (
        ("in the prediction only", predicted, truth),
        ("in the truth only", truth, predicted),
    ):
        _raise_for(
            con,
            f"select one.record_key from ({_query(one)}) as one"
            f" anti join ({_query(other)}) as other on one.record_key = other.record_key",
            f"{{count}} records are {name}",
        )


def _raise_for(con: duckdb.DuckDBPyConnection, offenders: str, message: str) -> None:
    """Raise when the query has rows; the message counts them and names the first."""
    count, examples = con.execute(
        f"select count(*), min(record_key::varchar, {_EXAMPLES}) from ({offenders})"
    ).fetchall()[0]
    if count:
        raise PartitionError(f"{message.format(count=count)}, e.g. {', '.join(examples)}")


def _query(partition: Partition) -> str:
    if isinstance(partition, str):
        return f"select record_key, party_id from {partition}"
    return f"select record_key, party_id from ({partition.sql_query()})"
