"""The ordinary build of a landing folder, measured in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import runpy
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from customer360.matching.blocking import blocking_keys
from customer360.matching.model import PartyType
from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER

PROJECT = Path(__file__).resolve().parent.parent
_CLUSTER_MODEL = PROJECT / "python_models" / "cluster.py"
_WAREHOUSE_FILE, _REGISTRY_FILE = "warehouse.duckdb", "registry.duckdb"
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
_OWN_STEPS = ("fit", "match", "cluster", "assign", "publish")


@dataclass(frozen=True)
class BuildRun:
    """What a build took.

    Attributes:
        seconds: wall clock of the whole command, its data tests included.
        steps: seconds by step, in the order of the flow.
        peak_gib: the most memory that the process held.

    """

    seconds: float
    steps: Mapping[str, float]
    peak_gib: float


def build(*, landing: Path, home: Path, work: Path) -> BuildRun:
    """Run `dbt build` for the files adapter with the settings that ship, in a new process.

    Raises:
        RuntimeError: with the messages of the nodes that failed.

    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_build, str(landing), str(home), str(work)).result()


def _build(landing: str, home: str, work: str) -> BuildRun:
    # imported where it is needed: dbt takes seconds to import, and only the child needs it
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    os.environ.update(CUSTOMER360_LANDING=landing, CUSTOMER360_HOME=home)
    started = time.perf_counter()
    outcome = dbtRunner().invoke(
        [
            "--quiet",
            "build",
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", f"{work}/target", "--log-path", f"{work}/logs"),
            *("--vars", "{systems: [files]}"),
        ]
    )
    seconds = time.perf_counter() - started
    if not isinstance(outcome.result, RunExecutionResult):
        raise RuntimeError(f"dbt build failed: {outcome.exception}")
    failed = [r for r in outcome.result.results if r.status in ("error", "fail")]
    if failed or not outcome.success:
        raise RuntimeError("; ".join(f"{r.node.name}: {r.message}" for r in failed))
    steps: Counter[str] = Counter()
    for result in outcome.result.results:
        steps[_step(result.node)] += result.execution_time
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT / 2**30
    return BuildRun(seconds, dict(steps), peak)


def _step(node: Any) -> str:
    """Where the node's time is counted: its layer, or itself where it is a step of its own."""
    if node.resource_type != "model":
        return f"{node.resource_type}s"
    if node.name in _OWN_STEPS:
        return str(node.name)
    return next(
        (layer for layer in ("staging", "conformed", "identity", "marts") if layer in node.fqn),
        "other",
    )


@contextmanager
def publication(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The open published file, to read."""
    with duckdb.connect(str(home / PUBLISHED_FOLDER / OPEN_FILE), read_only=True) as con:
        yield con


@contextmanager
def warehouse(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build state with the registry attached, to read."""
    with duckdb.connect(str(home / _WAREHOUSE_FILE), read_only=True) as con:
        con.execute(f"attach '{home / _REGISTRY_FILE}' as registry (read_only)")
        yield con


def candidate_pairs(home: Path) -> int:
    """How many pairs the build compared; it keeps only those above the review threshold."""
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
                """
                select count(*) from (
                    select distinct one.record_id, other.record_id
                    from bench_keys as one
                    inner join bench_keys as other
                        on one.key = other.key and one.record_id < other.record_id
                )
                """
            ).fetchall()[0][0]
            con.execute("drop table bench_keys")
    return int(total)


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
