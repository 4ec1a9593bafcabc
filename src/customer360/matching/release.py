"""A model release: everything that scoring depends on, fitted once and then frozen.

The error rates (m) ship with the comparisons. Fitted on the adopter's data are the chances of
coincidence (u), from random pairs, and the shares of matches and relatives among all pairs (λ), by
expectation maximisation over the candidate pairs with the weights held fixed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import duckdb
import numpy as np

from customer360.matching.model import Comparison, PartyType
from customer360.matching.organizations import ORGANIZATION_COMPARISONS
from customer360.matching.persons import PERSON_COMPARISONS
from customer360.matching.splink_engine import Chances, compare, gamma

COMPARISONS = {
    PartyType.PERSON: PERSON_COMPARISONS,
    PartyType.ORGANIZATION: ORGANIZATION_COMPARISONS,
}
LIBRARIES = ("customer360", "duckdb", "splink")

RANDOM_PAIRS = 300_000
# so many imagined pairs stand behind a level's prior chance
_PRIOR_PAIRS = 2
_EM_ROUNDS = 100
# λ never falls below so many matches per record: a base without any duplicate still may get one
_FEWEST_MATCHES_PER_RECORD = 0.01
_FEWEST_RELATIVES_PER_RECORD = 0.1


class ReleaseError(RuntimeError):
    """The release in force does not fit the code; scores would mean something else."""


@dataclass(frozen=True)
class Release:
    """The parameters of one party type.

    Attributes:
        party_type: what it scores.
        record_count: how many records it was fitted on.
        chances: u by (comparison, level), for the levels without a frequency.
        between_share: λ of pairs from two sources.
        within_share: λ of pairs from one source.
        household_share: λ_h, the share of pairs that are relatives or flatmates.
        matches_per_record: expected matching pairs per record, over all pairs.

    """

    party_type: PartyType
    record_count: int
    chances: Chances
    between_share: float
    within_share: float
    household_share: float
    matches_per_record: float

    @property
    def comparisons(self) -> Sequence[Comparison]:
        """The comparisons that the release weighs."""
        return COMPARISONS[self.party_type]

    def to_json(self) -> str:
        """The parameters as stored in the registry; six significant digits, sorted keys."""
        return json.dumps(
            {
                "record_count": self.record_count,
                "between_share": _rounded(self.between_share),
                "within_share": _rounded(self.within_share),
                "household_share": _rounded(self.household_share),
                "matches_per_record": _rounded(self.matches_per_record),
                "chances": [
                    [comparison, level, _rounded(u)]
                    for (comparison, level), u in sorted(self.chances.items())
                ],
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, party_type: PartyType, text: str) -> "Release":
        """Read what `to_json` wrote."""
        stored: dict[str, Any] = json.loads(text)
        chances = {(c, level): u for c, level, u in stored.pop("chances")}
        return cls(party_type=party_type, chances=chances, **stored)


def comparison_hash(party_type: PartyType) -> str:
    """Identifies the comparisons: it changes when a level, a condition or an error rate does."""
    return hashlib.sha256(repr(COMPARISONS[party_type]).encode()).hexdigest()[:16]


def library_versions() -> str:
    """The versions of the libraries that scores depend on, as JSON."""
    return json.dumps({name: version(name) for name in LIBRARIES}, sort_keys=True)


def fit_chances(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType
) -> dict[tuple[str, str], float]:
    """Estimate u of every level without a frequency from random pairs of records.

    A pair counts by its probability of being strangers under the prior chances, so that the few
    matches among random pairs do not teach the model that strangers agree.
    """
    comparisons = COMPARISONS[party_type]
    priors = {
        (comparison.name, level.name): level.u
        for comparison in comparisons
        for level in comparison.levels
        if level.u is not None
    }
    # neighbours in a pseudo-random order of the record keys: reproducible, and no row order in it
    ids = con.execute(f"select record_id from {records} order by md5(record_key)").fetchnumpy()[
        "record_id"
    ]
    size = len(ids)
    steps = range(1, 2 + min(RANDOM_PAIRS, size * (size - 1) // 2) // size)
    lefts = np.concatenate([ids for _ in steps])
    rights = np.concatenate([np.roll(ids, -(step * 7919 % size)) for step in steps])
    keys = np.arange(len(lefts))
    different = lefts != rights
    con.register(
        "random_keys",
        {
            "record_id": np.concatenate([lefts[different], rights[different]]),
            "key": np.concatenate([keys[different], keys[different]]),
        },
    )
    compare(
        con,
        records=records,
        keys="random_keys",
        comparisons=comparisons,
        chances=priors,
        result="random_compared",
    )
    bits = " + ".join(f"bits_{comparison.name}" for comparison in comparisons)
    fitted: dict[tuple[str, str], float] = {}
    for comparison in comparisons:
        rows = con.execute(
            f"""
            select
                gamma_{comparison.name},
                sum(1 / (1 + pow(2, {bits}) / {size}))
            from random_compared
            group by 1
            """
        ).fetchall()
        counts = {int(level): float(weight) for level, weight in rows}
        for level in comparison.levels:
            if level.u is None:
                continue
            comparable = sum(
                counts.get(gamma(comparison, other), 0.0)
                for other in comparison.levels
                if other.group == level.group
            )
            seen = counts.get(gamma(comparison, level), 0.0)
            fitted[comparison.name, level.name] = (seen + _PRIOR_PAIRS) / (
                comparable + _PRIOR_PAIRS / level.u
            )
    con.unregister("random_keys")
    con.execute("drop table random_compared")
    return fitted


def fit_shares(
    con: duckdb.DuckDBPyConnection,
    *,
    weighed: str,
    between_pairs: float,
    within_pairs: float,
    record_count: int,
) -> tuple[float, float, float, float]:
    """Estimate λ between and within sources, λ_h, and the expected matches per record.

    Each candidate pair is a match, a pair of relatives, or a pair of strangers; pairs that are no
    candidates are strangers.

    Args:
        con: a connection.
        weighed: candidate pairs with `stranger_weight`, `household_weight`, `is_same_source`.
        between_pairs: number of all pairs of records from two sources.
        within_pairs: number of all pairs of records from one source.
        record_count: number of records.

    """
    rows = con.execute(
        f"""
        select
            is_same_source,
            round(greatest(-60, least(80, stranger_weight + name_weight)) * 4) / 4,
            round(greatest(-60, least(80, stranger_weight - household_weight)) * 4) / 4,
            count(*)
        from {weighed}
        group by all
        order by all
        """
    ).fetchall()
    total = max(between_pairs + within_pairs, 1.0)
    fewest = _FEWEST_MATCHES_PER_RECORD * record_count / total
    fewest_relatives = _FEWEST_RELATIVES_PER_RECORD * record_count / total
    table = np.array(rows, dtype=float).reshape(-1, 4)
    within = table[:, 0] == 1
    likelihood = np.exp2(table[:, 1])
    relative_likelihood = np.exp2(table[:, 2])
    count = table[:, 3]
    pairs = np.where(within, max(within_pairs, 1.0), max(between_pairs, 1.0))
    share = {True: min(0.5, record_count / total), False: min(0.5, record_count / total)}
    household = share[True]
    expected = 0.0
    for _ in range(_EM_ROUNDS):
        prior = np.where(within, share[True], share[False])
        match = prior * likelihood
        relative = household * relative_likelihood
        whole = match + relative + 1.0
        matches = count * match / whole
        for side in (True, False):
            chosen = within == side
            if chosen.any():
                share[side] = float(matches[chosen].sum() / pairs[chosen][0])
            share[side] = min(0.5, max(share[side], fewest))
        household = float((count * relative / whole).sum() / total)
        household = min(0.5, max(household, fewest_relatives))
        expected = float(matches.sum())
    return share[False], share[True], household, expected / max(record_count, 1)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
