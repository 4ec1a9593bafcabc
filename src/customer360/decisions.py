"""What data stewards decided about pairs of records: which decisions hold, and which contradict."""

import difflib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

import duckdb
import pyarrow as pa

# an error names so many rows, and counts the others
_SHOWN = 20
# a clock may be wrong, or local time taken for UTC
_TOLERANCE = timedelta(days=1)


class DecisionError(ValueError):
    """Decisions that cannot be used: badly written, or contradicting each other."""


class Decision(Enum):
    """What a steward can say about two records."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Status(Enum):
    """What became of a decision."""

    IN_FORCE = "in force"
    SUPERSEDED = "superseded"
    UNSURE = "unsure"
    RECORD_UNKNOWN = "record unknown"
    DIFFERENT_PARTY_TYPES = "different party types"


@dataclass(frozen=True)
class Written:
    """A decision as somebody wrote it: text, and not checked."""

    record_key_a: str | None
    record_key_b: str | None
    decision: str | None
    decided_by: str | None
    decided_at: str | None
    reason: str | None
    delivered_in: str


@dataclass(frozen=True, order=True)
class Decided:
    """A decision that can be used; `a` sorts before `b`, and `at` is naive UTC."""

    a: str
    b: str
    at: datetime
    by: str
    word: str
    reason: str
    delivered_in: str

    @property
    def decision(self) -> Decision:
        """The word as a member of the closed set."""
        return Decision(self.word)

    def __str__(self) -> str:
        said = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.word}: {self.a} and {self.b}, decided by {self.by}"
            f" at {self.at:%Y-%m-%d %H:%M:%S} in {self.delivered_in}{said}"
        )


def resolve_decisions(
    con: duckdb.DuckDBPyConnection, *, decisions: str, records: str, now: datetime
) -> duckdb.DuckDBPyRelation:
    """Check all decisions and say which of them hold.

    Args:
        con: a connection.
        decisions: `record_key_a, record_key_b, decision, decided_by, decided_at, reason,
            delivered_in`, all text, as written.
        records: the records that exist: `record_key, party_type`.
        now: naive UTC time of the build.

    Returns:
        One row per decision: `record_key_a, record_key_b` (a < b), `party_type, decision,
        decided_by, decided_at` (UTC), `reason, status, delivered_in`. Copies of one decision are
        one row.

    Raises:
        DecisionError: when a row cannot be used, or decisions in force contradict each other; the
            message names every such row, or the chain of decisions. Whether a record exists plays
            no part in that: what is delivered today cannot turn two decisions into a contradiction.

    """
    written = con.execute(
        "select record_key_a, record_key_b, decision, decided_by, decided_at, reason, delivered_in"
        f" from {decisions} order by all"
    ).fetchall()
    decided = check_decisions([Written(*row) for row in written], now=now)
    newest = newest_by_pair(decided)
    raise_for_contradictions(newest.values())
    con.register("decided_keys", pa.table({"key": _text({k for d in decided for k in (d.a, d.b)})}))
    known = con.execute(
        f"select record_key, party_type from {records} semi join decided_keys"
        " on record_key = decided_keys.key"
    ).fetchall()
    con.unregister("decided_keys")
    return _relation(con, decided, newest, dict(known))


def check_decisions(written: Iterable[Written], *, now: datetime) -> list[Decided]:
    """Turn what was written into decisions, in order and without copies.

    Raises:
        DecisionError: naming every row that cannot be used, and what is wrong with it.

    """
    found: dict[tuple[str, str, str, str, datetime], Decided] = {}
    problems = []
    for row in written:
        faults = list(_faults(row, now))
        if faults:
            problems.append(f"{_shown(row)}: {'; '.join(faults)}")
            continue
        a, b = sorted((_trimmed(row.record_key_a), _trimmed(row.record_key_b)))
        word, at = _trimmed(row.decision).lower(), _time(row.decided_at)
        assert at is not None
        decided = Decided(
            a, b, at, _trimmed(row.decided_by), word, _trimmed(row.reason), row.delivered_in
        )
        found.setdefault((a, b, word, decided.by, at), decided)
    problems += _ambiguous(found.values())
    if problems:
        raise DecisionError(
            "These decisions of stewards cannot be used, so the build stops before it changes"
            f" anything. Correct them where they were written:\n{_listed(problems)}"
        )
    return sorted(found.values())


def newest_by_pair(decided: Iterable[Decided]) -> dict[tuple[str, str], Decided]:
    """The decision that holds for each pair: the newest."""
    newest: dict[tuple[str, str], Decided] = {}
    for decision in sorted(decided, key=lambda d: (d.at, d)):
        newest[decision.a, decision.b] = decision
    return newest


def raise_for_contradictions(newest: Iterable[Decided]) -> None:
    """Stop when two records are both the same, perhaps through others, and different.

    Args:
        newest: one decision per pair.

    Raises:
        DecisionError: with, for each such pair, the shortest chain of decisions that joins it.

    """
    decided = sorted(newest)
    neighbours: dict[str, list[Decided]] = defaultdict(list)
    for each in decided:
        if each.decision is Decision.SAME:
            neighbours[each.a].append(each)
            neighbours[each.b].append(each)
    problems = []
    for each in decided:
        if each.decision is Decision.DIFFERENT:
            chain = _chain(neighbours, each.a, each.b)
            if chain:
                steps = "\n".join(f"      {step}" for step in chain)
                problems.append(f"{each}\n    but by these they are the same:\n{steps}")
    if problems:
        raise DecisionError(
            "Decisions of stewards contradict each other, so the build stops before it changes"
            " anything. For each chain below take one decision back: remove it where it was"
            f" written, or write a newer one about its two records.\n{_listed(problems)}"
        )


def _chain(neighbours: Mapping[str, Sequence[Decided]], start: str, end: str) -> list[Decided]:
    """The shortest chain of 'same' from start to end; of equals the first in order; or nothing."""
    reached: dict[str, Decided | None] = {start: None}
    queue = deque([start])
    while queue and end not in reached:
        here = queue.popleft()
        for link in neighbours.get(here, ()):
            there = link.b if link.a == here else link.a
            if there not in reached:
                reached[there] = link
                queue.append(there)
    chain: list[Decided] = []
    here = end
    while (step := reached.get(here)) is not None:
        chain.append(step)
        here = step.a if step.b == here else step.b
    return chain[::-1]


def _faults(row: Written, now: datetime) -> Iterator[str]:
    a, b = _trimmed(row.record_key_a), _trimmed(row.record_key_b)
    for name, value in (("record_key_a", a), ("record_key_b", b)):
        if not value:
            yield f"{name} is empty"
    if a and a == b:
        yield "both sides are the same record"
    word = _trimmed(row.decision).lower()
    words = [decision.value for decision in Decision]
    if word not in words:
        near = difflib.get_close_matches(word, words, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        yield f"decision must be one of {', '.join(words)}, not {row.decision!r}{hint}"
    if not _trimmed(row.decided_by):
        yield "decided_by is empty"
    at = _time(row.decided_at)
    if at is None:
        yield (
            "decided_at must be an ISO date or time such as 2026-11-22 or 2026-11-22T09:30, not"
            f" {row.decided_at!r}"
        )
    elif at > now + _TOLERANCE:
        yield f"decided_at {row.decided_at} is in the future"


def _ambiguous(decided: Iterable[Decided]) -> Iterator[str]:
    """Of two words at one moment about one pair neither is the newest."""
    by_moment: dict[tuple[str, str, datetime], list[Decided]] = defaultdict(list)
    for each in decided:
        by_moment[each.a, each.b, each.at].append(each)
    for same_moment in by_moment.values():
        if len({each.word for each in same_moment}) > 1:
            listed = "; ".join(str(each) for each in sorted(same_moment))
            yield f"two decisions at the same moment, neither is the newest: {listed}"


def _relation(
    con: duckdb.DuckDBPyConnection,
    decided: Sequence[Decided],
    newest: Mapping[tuple[str, str], Decided],
    party_types: Mapping[str, str],
) -> duckdb.DuckDBPyRelation:
    statuses = [_status(each, newest, party_types) for each in decided]
    types = [{party_types.get(each.a), party_types.get(each.b)} - {None} for each in decided]
    rows = pa.table(
        {
            "record_key_a": _text(each.a for each in decided),
            "record_key_b": _text(each.b for each in decided),
            "party_type": _text(min(t) if len(t) == 1 else None for t in types),  # type: ignore[type-var]
            "decision": _text(each.word for each in decided),
            "decided_by": _text(each.by for each in decided),
            "decided_at": pa.array([each.at for each in decided], pa.timestamp("us")),
            "reason": _text(each.reason or None for each in decided),
            "status": _text(status.value for status in statuses),
            "delivered_in": _text(each.delivered_in for each in decided),
        }
    )
    con.register("decision_rows", rows)
    con.execute("create or replace temp table resolved_decisions as from decision_rows")
    con.unregister("decision_rows")
    return con.table("resolved_decisions")


def _status(
    each: Decided, newest: Mapping[tuple[str, str], Decided], party_types: Mapping[str, str]
) -> Status:
    if newest[each.a, each.b] != each:
        return Status.SUPERSEDED
    if each.a not in party_types or each.b not in party_types:
        return Status.RECORD_UNKNOWN
    if each.decision is Decision.UNSURE:
        return Status.UNSURE
    if party_types[each.a] != party_types[each.b]:
        return Status.DIFFERENT_PARTY_TYPES
    return Status.IN_FORCE


def _text(values: Iterable[str | None]) -> pa.Array:
    return pa.array(list(values), pa.string())


def _trimmed(value: str | None) -> str:
    return (value or "").strip()


def _time(value: str | None) -> datetime | None:
    """The moment that an ISO text names, as naive UTC; None when it names none."""
    try:
        at = datetime.fromisoformat(_trimmed(value))
    except ValueError:
        return None
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def _shown(row: Written) -> str:
    return (
        f"{row.delivered_in}: {row.decision} about {row.record_key_a} and {row.record_key_b}"
        f" by {row.decided_by} at {row.decided_at}"
    )


def _listed(problems: Sequence[str]) -> str:
    shown = "\n".join(f"  - {problem}" for problem in problems[:_SHOWN])
    more = len(problems) - _SHOWN
    return f"{shown}\n  … and {more} more" if more > 0 else shown
