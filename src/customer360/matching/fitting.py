"""Fit a release on the data at hand, without labels.

The error rates (m) ship with the comparisons and carry over between companies. Fitted are the
chances of coincidence (u), from random pairs, and the shares of matches and relatives among all
pairs (λ), by expectation maximisation over the candidate pairs; where these hold enough matches,
they refine the error rates, within bounds.
"""

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt

from customer360.matching.blocking import blocking_keys, candidate_pairs
from customer360.matching.model import Comparison, Level, PartyType
from customer360.matching.release import COMPARISONS, LARGEST_SHARE, Release
from customer360.matching.scoring import weigh
from customer360.matching.splink_engine import Chances, compared, gamma

Floats = npt.NDArray[np.float64]

RANDOM_PAIRS = 300_000
# so many imagined pairs stand behind a level's prior chance
_PRIOR_PAIRS = 2
_SHARE_ROUNDS = 100
# λ never falls below so many matches per record: a base without any duplicate still may get one
_FEWEST_MATCHES_PER_RECORD = 0.01
# what a base is expected to hold before it says otherwise: as if so many more records had been seen
_PRIOR_RECORDS = 300
_PRIOR_RELATIVES_PER_RECORD = 0.1

# error rates are refined where so many matches can be compared, as if the shipped rates had been
# seen on as many, and never by more than this factor
_ENOUGH_MATCHES = 3_000
_RATE_ROUNDS = 6
_LARGEST_FACTOR = 1.75
_LARGEST_RATE = 0.995
# of a larger base so many records are a sample enough
_LARGEST_SAMPLE = 400_000


def fit_release(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    party_type: PartyType,
    max_pairs_per_record: float,
) -> Release | None:
    """Fit the release of one party type.

    Args:
        con: a connection.
        records: all records of the party type, as for `compared`.
        party_type: whose comparisons to fit.
        max_pairs_per_record: how many pairs the rules may bring together, per record.

    Returns:
        The release, rounded as it will be stored; `None` when there are no records.

    Raises:
        ReleaseError: when what was fitted is out of bounds.
        PairBudgetError: the rules bring too many pairs together.

    """
    record_count = con.execute(f"select count(*) from {records}").fetchall()[0][0]
    if record_count == 0:
        return None
    release = Release(
        party_type=party_type,
        record_count=record_count,
        chances=_chances(con, records=records, party_type=party_type),
        error_rates={},
        between_share=0.5,
        within_share=0.5,
        household_share=0.5,
        matches_per_record=0.0,
    )
    pairs = _weighed_pairs(
        con,
        records=records,
        release=release,
        largest=int(max_pairs_per_record * record_count),
    )
    shares = _shares(pairs)
    fitted = replace(
        release,
        between_share=shares.between,
        within_share=shares.within,
        household_share=shares.household,
        matches_per_record=shares.matches / pairs.record_count * pairs.records_per_sampled,
        error_rates=_error_rates(pairs, shares, release),
    )
    stored = Release.from_json(party_type, fitted.to_json())
    stored.check()
    return stored


@dataclass(frozen=True)
class _Pairs:
    """Candidate pairs with the weights of the shipped error rates.

    Attributes:
        is_within: both records are of one source.
        match: S + N in bits: match against stranger.
        relative: S + N − H in bits: relative against stranger.
        levels: for each comparison the level that each pair reached, -1 where evidence is missing.
        between_pairs, within_pairs: numbers of all pairs, candidates or not.
        record_count: how many records the pairs were taken from.
        records_per_sampled: how many records stand behind each of them.

    """

    is_within: npt.NDArray[np.bool_]
    match: Floats
    relative: Floats
    levels: dict[str, npt.NDArray[np.int64]]
    between_pairs: float
    within_pairs: float
    record_count: int
    records_per_sampled: float


@dataclass(frozen=True)
class _Shares:
    between: float
    within: float
    household: float
    matches: float


def _weighed_pairs(
    con: duckdb.DuckDBPyConnection, *, records: str, release: Release, largest: int
) -> _Pairs:
    """The candidate pairs among the records, or among a sample of a large base's records.

    Sampling records, not pairs or keys, takes every pair with the same chance. The keys are those
    of the whole base, whose caps decide which pairs are candidates.
    """
    every = max(1, -(-release.record_count // _LARGEST_SAMPLE))
    sampled = f"hash(record_key) % {every} = 0"
    rows = con.execute(
        f"select source, count(*) from {records} where {sampled} group by source"
    ).fetchall()
    sample_count = sum(count for _, count in rows)
    within_pairs = sum(count * (count - 1) / 2 for _, count in rows)
    con.execute(
        f"create or replace temp table sampled as select record_id from {records} where {sampled}"
    )
    blocking_keys(con, records=records, party_type=release.party_type, result="fitting_keys")
    con.execute(
        """
        create or replace temp view sampled_keys as
        select * from fitting_keys semi join sampled using (record_id)
        """
    )
    candidate_pairs(
        con,
        keys="sampled_keys",
        records=records,
        party_type=release.party_type,
        largest=largest,
        result="sampled_pairs",
    )
    con.execute("drop view sampled_keys; drop table fitting_keys; drop table sampled")
    names = [comparison.name for comparison in release.comparisons]
    with compared(
        con,
        records=records,
        pairs="sampled_pairs",
        comparisons=release.comparisons,
        chances=release.chances,
        result="fitting_compared",
    ):
        weighed = weigh(records=records, release=release, compared="fitting_compared")
        columns = con.execute(
            f"""
            select
                is_same_source,
                greatest(-60, least(80, stranger_weight + name_weight)) as match,
                greatest(-60, least(80, stranger_weight + name_weight - household_weight))
                    as relative,
                {", ".join(f"gamma_{name}" for name in names)}
            from ({weighed})
            order by record_id_l, record_id_r
            """
        ).fetchnumpy()
    con.execute("drop table sampled_pairs")
    return _Pairs(
        is_within=np.asarray(columns["is_same_source"], bool),
        match=np.asarray(columns["match"], float),
        relative=np.asarray(columns["relative"], float),
        levels={name: np.asarray(columns[f"gamma_{name}"], np.int64) for name in names},
        between_pairs=sample_count * (sample_count - 1) / 2 - within_pairs,
        within_pairs=within_pairs,
        record_count=sample_count,
        records_per_sampled=release.record_count / max(sample_count, 1),
    )


def _shares(pairs: _Pairs) -> _Shares:
    """λ between and within sources, λ_h, and the expected number of matches.

    Each candidate pair is a match, a pair of relatives, or a pair of strangers; pairs that are no
    candidates are strangers.
    """
    # a few thousand cells of a quarter bit stand for millions of pairs
    cells, count = np.unique(
        np.column_stack(
            [pairs.is_within, np.round(pairs.match * 4), np.round(pairs.relative * 4)]
        ).astype(np.int64),
        axis=0,
        return_counts=True,
    )
    is_within = cells[:, 0] == 1
    likelihood = np.exp2(cells[:, 1] / 4)
    relative_likelihood = np.exp2(cells[:, 2] / 4)
    total = max(pairs.between_pairs + pairs.within_pairs, 1.0)
    records_per_pair = pairs.record_count / total
    fewest = _FEWEST_MATCHES_PER_RECORD * records_per_pair
    between = within = household = min(LARGEST_SHARE, records_per_pair)
    matches = count * 0.0
    for _ in range(_SHARE_ROUNDS):
        match = np.where(is_within, within, between) * likelihood
        relative = household * relative_likelihood
        matches = count * match / (match + relative + 1)
        relatives = float((count * relative / (match + relative + 1)).sum())
        between = float(matches[~is_within].sum()) / max(pairs.between_pairs, 1.0)
        within = float(matches[is_within].sum()) / max(pairs.within_pairs, 1.0)
        between, within = (min(LARGEST_SHARE, max(share, fewest)) for share in (between, within))
        relatives += _PRIOR_RELATIVES_PER_RECORD * _PRIOR_RECORDS
        per_record = relatives / (pairs.record_count + _PRIOR_RECORDS)
        household = min(LARGEST_SHARE, per_record * records_per_pair)
    return _Shares(between, within, household, float(matches.sum()))


def _error_rates(pairs: _Pairs, shares: _Shares, release: Release) -> dict[tuple[str, str], float]:
    """Refine m by the levels that probable matches reach, near the shipped rates and within bounds.

    The shipped rates count as a Dirichlet prior. Levels that only some pairs can reach, or whose
    rate follows from others', stay as shipped (`is_refined`).
    """
    prior = np.where(pairs.is_within, shares.within, shares.between)
    relative = shares.household * np.exp2(pairs.relative)
    match = pairs.match
    rates: dict[tuple[str, str], float] = {}
    for _ in range(_RATE_ROUNDS):
        likelihood = prior * np.exp2(match)
        probability = likelihood / (likelihood + relative + 1)
        match = pairs.match.copy()
        for comparison in release.comparisons:
            reached = pairs.levels[comparison.name]
            seen = np.bincount(
                reached + 1, weights=probability, minlength=len(comparison.levels) + 1
            )
            refined = refined_rates(comparison, seen[1:].astype(float), release.chances)
            rates |= refined
            bits = np.zeros(len(comparison.levels) + 1)
            for level in comparison.levels:
                m = refined.get((comparison.name, level.name), level.m)
                bits[gamma(comparison, level) + 1] = np.log2(m / level.m)
            match += bits[reached + 1]
    return rates


def refined_rates(
    comparison: Comparison, seen: Floats, chances: Chances
) -> dict[tuple[str, str], float]:
    """Refine m of the levels of one comparison.

    Args:
        comparison: its levels, with the shipped m.
        seen: how many matches reached each level, by its number (`gamma`).
        chances: u of each level that has no frequency.

    Returns:
        m by (comparison, level); empty where too few matches could be compared. A rate moves by
        no more than a factor of 1.75, and never to the other side of u.

    """
    rates: dict[tuple[str, str], float] = {}
    for group in {level.group for level in comparison.levels}:
        levels = [one for one in comparison.levels if one.group == group and one.is_refined]
        counts = {level: seen[gamma(comparison, level)] for level in levels}
        total = sum(counts.values())
        if total < _ENOUGH_MATCHES:
            continue
        mass = sum(level.m for level in levels)
        for level in levels:
            m = mass * counts[level] + _ENOUGH_MATCHES * level.m
            m /= total + _ENOUGH_MATCHES
            rates[comparison.name, level.name] = _bounded(comparison, level, m, chances)
    return rates


def _bounded(comparison: Comparison, level: Level, m: float, chances: Chances) -> float:
    m = min(level.m * _LARGEST_FACTOR, max(level.m / _LARGEST_FACTOR, m), _LARGEST_RATE)
    if level.u is None:
        return m
    u = chances[comparison.name, level.name]
    return max(m, u) if level.u < level.m else min(m, u)


def _chances(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType
) -> dict[tuple[str, str], float]:
    """Estimate u of every level without a frequency from random pairs of records.

    A pair counts by its probability of being strangers under the prior chances, so that the few
    matches among random pairs do not teach the model that strangers agree. In a base where hardly
    anybody differs in a value, its levels weigh nothing rather than the opposite of what they say.
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
    lefts = np.concatenate([ids[:RANDOM_PAIRS] for _ in steps])
    rights = np.concatenate([np.roll(ids, -(step * 7919 % size))[:RANDOM_PAIRS] for step in steps])
    con.register("random_records", {"l": lefts, "r": rights})
    con.execute(
        """
        create or replace temp table random_pairs as
        select distinct least(l, r) as record_id_l, greatest(l, r) as record_id_r
        from random_records
        where l <> r
        """
    )
    con.unregister("random_records")
    with compared(
        con,
        records=records,
        pairs="random_pairs",
        comparisons=comparisons,
        chances=priors,
        result="random_view",
    ):
        con.execute("create or replace temp table random_compared as from random_view")
    con.execute("drop table random_pairs")
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
            u = (seen + _PRIOR_PAIRS) / (comparable + _PRIOR_PAIRS / level.u)
            # what speaks for a match among people never speaks against it, and the other way round
            fitted[comparison.name, level.name] = (
                min(u, level.m) if level.u < level.m else max(u, level.m)
            )
    con.execute("drop table random_compared")
    return fitted
