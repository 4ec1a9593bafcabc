"""Gates: what has to be true before a build writes anything to the registry.

A gate that is closed stops the build where nothing has been written yet: the registry and the
publication stay as they were. Those that judge data can be overridden for a build, with a reason
that the registry keeps; those that find the build itself at fault cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase

import duckdb

# A share of fewer records is taken as if there were so many: two of eight records are no flood.
FEWEST_RECORDS = 100
_EXAMPLES = 3
DEFAULT = "default"


class Gate(StrEnum):
    """What is looked at; the first three carry the names of their variables."""

    MAX_CHURN = "max_churn"
    MAX_CLUSTER_RECORDS = "max_cluster_records"
    MAX_LOST_SHARE = "max_lost_share"
    LANDED_ROWS_ADD_UP = "landed_rows_add_up"
    ONE_CLUSTER_PER_RECORD = "one_cluster_per_record"
    EVENTS_LEAD_TO_CLUSTERS = "events_lead_to_clusters"


OVERRIDABLE = (
    Gate.MAX_CHURN,
    Gate.MAX_CLUSTER_RECORDS,
    Gate.MAX_LOST_SHARE,
    Gate.LANDED_ROWS_ADD_UP,
)

_ADVICE = {
    Gate.MAX_CHURN: (
        "`make diff` shows who would move and why. A rule, threshold, decision or release that is"
        " meant to move so many is let through with an override"
    ),
    Gate.MAX_CLUSTER_RECORDS: (
        "look for the value that holds the cluster together (make explain A=<key> B=<key>): a test"
        " account, a placeholder (seeds/placeholder_values.csv), or a link that a system declares"
        " wrongly. A customer that truly has so many records needs a higher max_cluster_records"
    ),
    Gate.MAX_LOST_SHARE: (
        "look whether the extract was delivered whole. A system that delivers only what changed has"
        " to be declared in the variable deliveries; if it is, look whether its files in"
        " CUSTOMER360_HOME/deliveries are still there. A system that was switched off or cleaned up"
        " is let through with an override; one that always loses so many gets a line of its own in"
        " max_lost_share"
    ),
    Gate.LANDED_ROWS_ADD_UP: (
        "the adapter of the extract drops or doubles rows: compare the counts of"
        " int_extract_counts with int_party_records"
    ),
    Gate.ONE_CLUSTER_PER_RECORD: (
        "this is a fault of the build, not of the data: build again with --full-refresh, and report"
        " it if it stays"
    ),
    Gate.EVENTS_LEAD_TO_CLUSTERS: (
        "this is a fault of the build or of the registry, not of the data: build again with"
        " --full-refresh; if it stays, restore the registry from its last backup"
    ),
}


class GateError(RuntimeError):
    """Gates are closed; the message lists each with its numbers, examples and what to do."""


@dataclass(frozen=True)
class Limits:
    """What an adopter allows.

    Attributes:
        max_churn: share of the records present before and after that may change their GPID.
        max_cluster_records: the largest cluster.
        max_lost_share: share of its records that a source may lose: by pattern of
            system/instance/object (`*` stands for any text), the first that matches; `default`
            for all others.

    """

    max_churn: float
    max_cluster_records: int
    max_lost_share: Mapping[str, float]

    def allowed_loss(self, source: str) -> float:
        """The share of its records that a source may lose."""
        for pattern, share in self.max_lost_share.items():
            if pattern != DEFAULT and fnmatchcase(source, pattern):
                return share
        return self.max_lost_share[DEFAULT]


@dataclass(frozen=True)
class Finding:
    """What one gate found.

    Attributes:
        gate: the gate.
        measured: its number: a share, a number of records, or a number of violations.
        allowed: the highest number that leaves the gate open.
        detail: the number in words, with examples of what is above it.
        override_reason: why the gate is passed although it is closed.

    """

    gate: Gate
    measured: float
    allowed: float
    detail: str
    override_reason: str | None = None

    @property
    def is_passed(self) -> bool:
        """The gate is open."""
        return self.measured <= self.allowed

    @property
    def is_overridden(self) -> bool:
        """The gate is closed, and this build may pass it."""
        return not self.is_passed and self.override_reason is not None


def check_gates(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    membership: str,
    events: str,
    proposed: str,
    extracts: str,
    recycled: str,
    limits: Limits,
    overrides: Mapping[str, str],
) -> duckdb.DuckDBPyRelation:
    """Let a build pass, or stop it.

    Args:
        con: a connection.
        records: party records, `record_key, delivered_in, is_deleted`.
        membership: `record_key, cluster_id`.
        events: the registry's events.
        proposed: the events that the build would add.
        extracts: the columns of int_extract_counts.
        recycled: `record_key, outcome`; records in quarantine need no cluster.
        limits: what is allowed.
        overrides: the reason by gate.

    Returns:
        One row per gate: `gate, measured, allowed, is_passed, is_overridden, override_reason,
        detail`.

    Raises:
        GateError: when a gate is closed that is not overridden.

    """
    findings = [
        replace(finding, override_reason=overrides.get(finding.gate))
        if finding.gate in OVERRIDABLE and not finding.is_passed
        else finding
        for finding in evaluate_gates(
            con,
            records=records,
            membership=membership,
            events=events,
            proposed=proposed,
            extracts=extracts,
            recycled=recycled,
            limits=limits,
        )
    ]
    closed = [f for f in findings if not f.is_passed and not f.is_overridden]
    if closed:
        raise GateError(explain_closed(closed))
    con.execute(
        "create or replace temp table gate_findings (gate varchar, measured double, allowed double,"
        " is_passed boolean, is_overridden boolean, override_reason varchar, detail varchar)"
    )
    con.executemany(
        "insert into gate_findings values (?, ?, ?, ?, ?, ?, ?)",
        [
            [
                f.gate.value,
                f.measured,
                f.allowed,
                f.is_passed,
                f.is_overridden,
                f.override_reason,
                f.detail,
            ]
            for f in findings
        ],
    )
    return con.table("gate_findings")


def explain_closed(closed: Sequence[Finding]) -> str:
    """What stopped the build: each closed gate, its numbers, examples and what to do."""
    heading = (
        "a gate is closed" if len(closed) == 1 else f"{len(closed)} gates are closed"
    ) + "; nothing was committed, the registry and the publication stay as they were."
    lines = [heading]
    for finding in closed:
        lines += [
            f"  - {finding.gate}: {finding.detail}",
            f"    What to do: {_ADVICE[finding.gate]}.",
        ]
    overridable = [f.gate for f in closed if f.gate in OVERRIDABLE]
    if overridable:
        reasons = ", ".join(f'"{gate}": "<why this is right>"' for gate in overridable)
        lines.append(
            "  To let this build pass all the same, say why; the registry keeps the reason"
            f" (gate_overrides): dbt build --vars '{{\"override_gates\": {{{reasons}}}}}'"
        )
    return "\n".join(lines)


def evaluate_gates(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    membership: str,
    events: str,
    proposed: str,
    extracts: str,
    recycled: str,
    limits: Limits,
) -> list[Finding]:
    """What every gate finds, in their order; arguments as for `check_gates`."""
    con.execute(_PLACED.format(membership=membership, events=events, proposed=proposed))
    con.execute(
        "create or replace temp view waiting_records as"
        f" select record_key from {recycled} where outcome = 'quarantined'"
    )
    return [
        _churn(con, limits.max_churn),
        _largest_cluster(con, membership, limits.max_cluster_records),
        _lost_records(con, limits),
        _landed_rows(con, records, membership, extracts),
        _one_cluster_per_record(con, records, membership),
        _events_lead_to_clusters(con),
    ]


# One row per record that is or was somewhere: its GPID before and after the proposed events, and
# its cluster.
_PLACED = """
create or replace temp table placed_records as
with held as (
    select record_key, nullif(max_by(coalesce(gpid, ''), commit_number), '') as gpid
    from {events}
    where record_key is not null
    group by record_key
),
moves as (
    select record_key, gpid, true as is_moved from {proposed} where record_key is not null
),
clustered as (
    select record_key, any_value(cluster_id) as cluster_id from {membership} group by record_key
)
select
    record_key,
    held.gpid as gpid_before,
    case when moves.is_moved then moves.gpid else held.gpid end as gpid_after,
    clustered.cluster_id
from held
full outer join moves using (record_key)
full outer join clustered using (record_key)
where coalesce(held.gpid, moves.gpid, clustered.cluster_id) is not null
"""


def _churn(con: duckdb.DuckDBPyConnection, allowed: float) -> Finding:
    stayed = "gpid_before is not null and gpid_after is not null"
    moved = f"{stayed} and gpid_before <> gpid_after"
    total, count = con.execute(
        f"select count(*) filter ({stayed}), count(*) filter ({moved}) from placed_records"
    ).fetchall()[0]
    examples = con.execute(
        f"""
        select record_key || ' from ' || gpid_before || ' to ' || gpid_after
        from placed_records where {moved} order by record_key limit {_EXAMPLES}
        """
    ).fetchall()
    detail = (
        f"{count:,} of the {total:,} records that were and are here would change their GPID,"
        f" {_percent(count, total)}; at most {allowed:.2%} may"
    )
    return Finding(Gate.MAX_CHURN, _share(count, total), allowed, _with(detail, examples))


def _largest_cluster(con: duckdb.DuckDBPyConnection, membership: str, allowed: int) -> Finding:
    largest, count = con.execute(
        f"""
        select coalesce(max(records), 0), count(*) filter (records > {allowed})
        from (select count(*) as records from {membership} group by cluster_id)
        """
    ).fetchall()[0]
    examples = con.execute(
        f"""
        select 'the cluster of ' || cluster_id || ' with ' || count(*) || ' records'
        from {membership} group by cluster_id having count(*) > {allowed}
        order by count(*) desc, cluster_id limit {_EXAMPLES}
        """
    ).fetchall()
    detail = f"the largest cluster has {largest:,} records; at most {allowed:,} may be in one"
    if count:
        detail += f"; {count:,} {'clusters are' if count > 1 else 'cluster is'} larger"
    return Finding(Gate.MAX_CLUSTER_RECORDS, largest, allowed, _with(detail, examples))


def _lost_records(con: duckdb.DuckDBPyConnection, limits: Limits) -> Finding:
    """The source that exceeds its allowance by most, or else comes nearest to it."""
    rows = con.execute(
        """
        select
            array_to_string(split(record_key, '/')[:3], '/') as source,
            count(*) as total,
            count(*) filter (cluster_id is null) as lost
        from placed_records
        where gpid_before is not null
        group by source
        order by source
        """
    ).fetchall()
    if not rows:
        return Finding(Gate.MAX_LOST_SHARE, 0, limits.max_lost_share[DEFAULT], "no records before")
    found = [
        (_share(lost, total), limits.allowed_loss(source), source, lost, total)
        for source, total, lost in rows
    ]
    said = [
        f"{source} lost {lost:,} of its {total:,} records, {_percent(lost, total)};"
        f" at most {allowed:.2%} may go"
        for measured, allowed, source, lost, total in found
        if measured > allowed
    ]
    measured, allowed, source, lost, total = max(found, key=lambda each: each[0] - each[1])
    nearest = f"of {source}, {lost:,} of {total:,} records are gone; at most {allowed:.2%} may go"
    return Finding(Gate.MAX_LOST_SHARE, measured, allowed, "; ".join(said) or nearest)


def _landed_rows(
    con: duckdb.DuckDBPyConnection, records: str, membership: str, extracts: str
) -> Finding:
    rows = con.execute(
        f"""
        with clustered as (
            select delivered_in, count(*) as clustered
            from {records} semi join {membership} using (record_key)
            group by delivered_in
        ),
        waiting as (
            select delivered_in, count(*) as waiting
            from {records} semi join waiting_records using (record_key)
            group by delivered_in
        )
        select delivered_in || ': ' || landed || ' rows landed, ' || latest || ' are in use ('
            || deleted || ' of them deletions, ' || suppressed || ' erased), '
            || quarantined || ' in quarantine, '
            || superseded || ' superseded; ' || party_records || ' party records, of which '
            || coalesce(clustered, 0) || ' have a cluster and ' || coalesce(waiting, 0)
            || ' wait for a steward'
        from {extracts}
        left join clustered using (delivered_in)
        left join waiting using (delivered_in)
        where landed <> latest + quarantined + superseded
            or party_records <> coalesce(clustered, 0) + coalesce(waiting, 0)
            or (is_record_per_row and latest - deleted - suppressed <> party_records)
        order by delivered_in
        """
    ).fetchall()
    detail = f"{_counted(len(rows), 'extract')} whose rows do not add up"
    return Finding(Gate.LANDED_ROWS_ADD_UP, len(rows), 0, _with(detail, rows[:_EXAMPLES]))


def _one_cluster_per_record(
    con: duckdb.DuckDBPyConnection, records: str, membership: str
) -> Finding:
    wrong = f"""
        select
            coalesce(existing.record_key, clustered.record_key) as record_key,
            case when existing.record_key is null then 0 else 1 end as expected,
            coalesce(clustered.clusters, 0) as found
        from (
            select record_key from {records} where not is_deleted
            except all select record_key from waiting_records
        ) as existing
        full outer join (
            select record_key, count(*) as clusters from {membership} group by record_key
        ) as clustered on existing.record_key = clustered.record_key
        where expected <> found
        """
    count, examples = _violations(
        con, wrong, "record_key || ' has ' || found || ' instead of ' || expected"
    )
    detail = f"{_counted(count, 'record')} without exactly one cluster, or deleted and in one"
    return Finding(Gate.ONE_CLUSTER_PER_RECORD, count, 0, _with(detail, examples))


def _events_lead_to_clusters(con: duckdb.DuckDBPyConnection) -> Finding:
    """Once the events are committed, the records of a cluster, and no others, hold one GPID."""
    wrong = """
        with several_gpids as (
            select cluster_id from placed_records where cluster_id is not null
            group by cluster_id having min(gpid_after) <> max(gpid_after)
        ),
        several_clusters as (
            select gpid_after from placed_records where gpid_after is not null
            group by gpid_after having min(cluster_id) <> max(cluster_id)
        )
        select record_key, gpid_after, cluster_id
        from placed_records
        where (gpid_after is null) <> (cluster_id is null)
            or cluster_id in (select cluster_id from several_gpids)
            or gpid_after in (select gpid_after from several_clusters)
        """
    count, examples = _violations(
        con,
        wrong,
        "record_key || ' would hold ' || coalesce(gpid_after, 'no GPID') || ' and be in '"
        " || coalesce('the cluster of ' || cluster_id, 'no cluster')",
    )
    detail = f"{_counted(count, 'record')} whose GPID would not be that of the cluster alone"
    return Finding(Gate.EVENTS_LEAD_TO_CLUSTERS, count, 0, _with(detail, examples))


def _violations(
    con: duckdb.DuckDBPyConnection, query: str, example: str
) -> tuple[int, list[tuple[str]]]:
    """How many rows a query for violations has, and the first of them in words."""
    count = int(con.execute(f"select count(*) from ({query})").fetchall()[0][0])
    if not count:
        return 0, []
    examples = con.execute(
        f"select {example} from ({query}) order by record_key limit {_EXAMPLES}"
    ).fetchall()
    return count, examples


def _share(part: int, whole: int) -> float:
    return part / max(whole, FEWEST_RECORDS)


def _percent(part: int, whole: int) -> str:
    percent = f"{_share(part, whole):.2%}"
    return percent if whole >= FEWEST_RECORDS else f"{percent} of {FEWEST_RECORDS}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _with(detail: str, examples: Sequence[tuple[str]]) -> str:
    if not examples:
        return detail
    return f"{detail}. For example: {'; '.join(text for (text,) in examples)}"
