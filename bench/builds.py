"""The ordinary build of a landing folder, measured in a process of its own."""

from __future__ import annotations

import os
import runpy
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import yaml

from bench import processes
from customer360.matching.blocking import blocking_keys
from customer360.matching.model import PartyType
from customer360.registry import PUBLISHED_FOLDER, RESTRICTED_FILE

PROJECT = Path(__file__).resolve().parent.parent
_CLUSTER_MODEL = PROJECT / "python_models" / "cluster.py"
_WAREHOUSE_FILE, _REGISTRY_FILE = "warehouse.duckdb", "registry.duckdb"
_OWN_STEPS = ("fit", "match", "cluster", "assign", "publish")
# Python models lie in no folder of a layer; those that are no step of their own decide identity
_LAYERS = ("staging", "conformed", "identity", "marts")


FILES_ONLY: Mapping[str, object] = {"systems": ["files"]}


@dataclass(frozen=True)
class NodeRun:
    """One node of a build.

    Attributes:
        name: of the model, seed or test.
        step: where its time is counted: its layer, or itself where it is a step of its own.
        started, ended: seconds since the start of the command.

    """

    name: str
    step: str
    started: float
    ended: float


@dataclass(frozen=True)
class BuildRun:
    """What a build took.

    Attributes:
        seconds: wall clock of the whole command, its data tests included.
        nodes: what ran, in the order of ending.
        peak_gib: the most memory that the process and its workers held.

    """

    seconds: float
    nodes: Sequence[NodeRun]
    peak_gib: float

    @property
    def steps(self) -> Mapping[str, float]:
        """Seconds by step, in the order of the flow; two nodes at a time count twice."""
        steps: defaultdict[str, float] = defaultdict(float)
        for node in self.nodes:
            steps[node.step] += node.ended - node.started
        return dict(steps)

    def busy(self, steps: Container[str]) -> float:
        """Seconds in which at least one node of these steps ran."""
        total, until = 0.0, 0.0
        for node in sorted(self.nodes, key=lambda node: node.started):
            if node.step in steps:
                total += max(0.0, node.ended - max(node.started, until))
                until = max(until, node.ended)
        return total


def build(
    *,
    landing: Path,
    home: Path,
    work: Path,
    variables: Mapping[str, object] = FILES_ONLY,
    is_full_refresh: bool = False,
) -> BuildRun:
    """Run `dbt build` as `make build` does, with the settings that ship, in a new process.

    Args:
        landing: folder of the extracts.
        home: folder of the databases; what an earlier build left there is used.
        work: where dbt writes its own files.
        variables: which systems are connected; default: the files adapter alone.
        is_full_refresh: build everything again.

    Raises:
        RuntimeError: with the messages of the nodes that failed.

    """
    options = ["--vars", yaml.safe_dump(dict(variables)), *["--full-refresh"] * is_full_refresh]
    outcome = processes.run(_build, str(landing), str(home), str(work), options)
    seconds, nodes = outcome.value
    return BuildRun(seconds, nodes, outcome.peak_gib)


def _build(
    landing: str, home: str, work: str, options: Sequence[str]
) -> tuple[float, list[NodeRun]]:
    # imported where it is needed: dbt takes seconds to import, and only the child needs it
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    os.environ.update(CUSTOMER360_LANDING=landing, CUSTOMER360_HOME=home)
    began, started = datetime.now(UTC), time.perf_counter()
    outcome = dbtRunner().invoke(
        [
            "--quiet",
            "build",
            "--exclude-resource-type",
            "unit_test",
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", f"{work}/target", "--log-path", f"{work}/logs"),
            *options,
        ]
    )
    seconds = time.perf_counter() - started
    if not isinstance(outcome.result, RunExecutionResult):
        raise RuntimeError(f"dbt build failed: {outcome.exception}")
    failed = [r for r in outcome.result.results if r.status in ("error", "fail")]
    if failed or not outcome.success:
        raise RuntimeError("; ".join(f"{r.node.name}: {r.message}" for r in failed))
    nodes = []
    for result in outcome.result.results:
        spans = [(span.started_at, span.completed_at) for span in result.timing]
        times = [
            (moment.replace(tzinfo=UTC) - began).total_seconds()
            for span in spans
            for moment in span
            if moment is not None
        ]
        if times:
            nodes.append(NodeRun(result.node.name, _step(result.node), min(times), max(times)))
    return seconds, nodes


def _step(node: Any) -> str:
    """Where the node's time is counted: its layer, or itself where it is a step of its own."""
    if node.resource_type != "model":
        return f"{node.resource_type}s"
    if node.name in _OWN_STEPS:
        return str(node.name)
    return next((layer for layer in _LAYERS if layer in node.fqn), "identity")


@contextmanager
def publication(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The restricted published file, to read: the open one has tokens for some of the keys."""
    with duckdb.connect(str(home / PUBLISHED_FOLDER / RESTRICTED_FILE), read_only=True) as con:
        yield con


@contextmanager
def warehouse(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build state with the registry attached, to read."""
    with duckdb.connect(str(home / _WAREHOUSE_FILE), read_only=True) as con:
        con.execute(f"attach '{home / _REGISTRY_FILE}' as registry (read_only)")
        con.execute("set enable_progress_bar = false")
        yield con


def candidate_pairs(home: Path, *, one_in: int = 1) -> int:
    """How many pairs the build compared; it keeps only those above the review threshold.

    Args:
        home: folder of the databases.
        one_in: count the pairs whose first record is one of a sample, a record in so many, and
            multiply: an estimate, where counting all takes as long as the build.

    """
    total = 0
    with warehouse(home) as con:
        for party_type in PartyType:
            con.execute(
                "create or replace temp view bench_records as"
                " select * from identity.identity_comparison_records"
                f" where party_type = '{party_type.value}'"
            )
            blocking_keys(con, records="bench_records", party_type=party_type, result="bench_keys")
            total += con.execute(
                f"""
                select count(*) from (
                    select distinct one.record_id, other.record_id
                    from bench_keys as one
                    inner join bench_keys as other
                        on one.key = other.key and one.record_id < other.record_id
                    where hash(one.record_id) % {one_in} = 0
                )
                """
            ).fetchall()[0][0]
            con.execute("drop table bench_keys")
    return int(total) * one_in


@contextmanager
def clustered_again(
    home: Path, *, link_threshold_bits: float
) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyRelation]]:
    """The build's own edges clustered with another link threshold: a relation of `record_key`,
    `cluster_id` and its connection. The model of the build does it; nothing is written.
    """
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    with warehouse(home) as con:
        stand_in = _Dbt(con, settings | {"link_threshold_bits": link_threshold_bits})
        model = runpy.run_path(str(_CLUSTER_MODEL))["model"]
        yield con, model(stand_in, con)


class _Dbt:
    """What dbt hands to a Python model, as far as our doorways use it."""

    class _Config:
        def __init__(self, settings: Mapping[str, Any]) -> None:
            self.get: Callable[..., Any] = settings.get

        def __call__(self, **_: Any) -> None:
            """A model configures itself; nothing here depends on it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> None:
        self._con = con
        self.config = self._Config(settings)
        # no table of a former build: everything is clustered
        self.this = SimpleNamespace(database=None, schema=None, identifier=None)

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        """The table or view of that model."""
        catalog, schema = self._con.execute(
            "select table_catalog, table_schema from information_schema.tables"
            " where table_name = ?",
            [name],
        ).fetchall()[0]
        return self._con.table(f"{catalog}.{schema}.{name}")

    def source(self, _: str, name: str) -> duckdb.DuckDBPyRelation:
        """The registry before a first build: nothing has happened yet."""
        if name != "gpid_events":
            raise LookupError(name)
        return self.ref("identity_proposed_events").filter("false")
