"""A project with a landing folder and a home of its own, driven in this process."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from customer360 import build_lock

PROJECT = Path(__file__).parents[2]
DEMO = PROJECT / "landing" / "demo"
FILES_ONLY = {"systems": ["files"]}
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
# one row per build or since a build, so that a build more makes them others
HISTORIES = (
    "identity_health",
    "quarantine_first_seen",
    "segment_changes",
    "segment_size_history",
    "source_reconciliation_history",
)
# SQL of what `match_records` returned, in the form of identity_edges
EDGES = (
    "select party_type, record_key as record_key_a, edge.* exclude (record_id_b)"
    " from (select party_type, record_key, unnest(edges) as edge from {})"
)


@dataclass(frozen=True)
class Customer360:
    """A project with a landing folder and a home of its own."""

    landing: Path
    home: Path
    scratch: Path

    def dbt(
        self,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        project_dir: Path = PROJECT,
    ) -> dbtRunnerResult:
        """Run a dbt command as a user would, in this process."""
        options = [
            "--project-dir",
            str(project_dir),
            "--profiles-dir",
            str(project_dir),
            "--target-path",
            str(self.scratch / "target"),
            "--log-path",
            str(self.scratch / "logs"),
            "--quiet",
        ]
        if variables:
            options += ["--vars", yaml.safe_dump(dict(variables))]
        with _environment(CUSTOMER360_LANDING=self.landing, CUSTOMER360_HOME=self.home):
            try:
                return dbtRunner(_manifest(options)).invoke([*arguments, *options])
            finally:
                _close_warehouse(self.home)

    def build(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> None:
        """`dbt build`, which has to succeed."""
        result = self.dbt("build", *arguments, variables=variables)
        assert result.success, explain(result)

    def run(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> None:
        """Seeds and models without tests, which has to succeed: quicker where only ids matter."""
        result = self.dbt("build", *WITHOUT_TESTS, *arguments, variables=variables)
        assert result.success, explain(result)

    def made(
        self, variables: Mapping[str, Any] | None = None, *, project_dir: Path = PROJECT
    ) -> set[str]:
        """Build without tests, and say which models and seeds were not left as they were."""
        result = self.dbt("build", *WITHOUT_TESTS, variables=variables, project_dir=project_dir)
        assert result.success, explain(result)
        return {
            node.node.name
            for node in result.result
            if node.node.resource_type in ("model", "seed") and node.message != "AS IT IS"
        }

    def query(self, sql: str, *, restricted: bool = False) -> list[tuple[Any, ...]]:
        """Ask a published file, as an analyst would."""
        name = "customer360_restricted.duckdb" if restricted else "customer360.duckdb"
        with duckdb.connect(str(self.home / "published" / name), read_only=True) as con:
            return con.execute(sql).fetchall()

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the build state."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def holders(self) -> dict[str, str]:
        """The current GPID of every record."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            return dict(
                con.execute(
                    "select record_key, gpid from marts.bridge_party_source where is_current"
                ).fetchall()
            )

    def copy_to(self, folder: Path) -> "Customer360":
        """The same state in another place, to try something on."""
        shutil.copytree(self.home, folder / "home")
        return Customer360(self.landing, folder / "home", folder / "scratch")


def copy_of_the_project(folder: Path) -> Path:
    """All that dbt reads of the project in another folder, to change something in it."""
    for part in ("models", "python_models", "macros", "seeds", "tests/dbt", "analyses"):
        shutil.copytree(PROJECT / part, folder / part)
    for file in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / file, folder / file)
    return folder


@cache
def _parse(*options: str) -> Manifest:
    """Parse the project once for all builds with the same options."""
    result = dbtRunner().invoke(["parse", "--no-partial-parse", *options])
    assert isinstance(result.result, Manifest), result.exception
    return result.result


def _manifest(options: list[str]) -> Manifest:
    # where a build writes its files does not change what the project says
    places = {"--target-path", "--log-path"}
    kept = [
        option
        for before, option in pairwise(["", *options])
        if option not in places and before not in places
    ]
    # beside others that run at the same time
    scratch = f"{tempfile.gettempdir()}/dbt-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    return _parse(*kept, "--target-path", f"{scratch}/target", "--log-path", f"{scratch}/logs")


def _close_warehouse(home: Path) -> None:
    """End what the end of a process would: dbt-duckdb keeps its connection for the next command."""
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
    build_lock.release(home)


def explain(result: dbtRunnerResult) -> str:
    """Why a dbt command failed."""
    if result.exception:
        return str(result.exception)
    return "\n".join(
        f"{node.node.name}: {node.message}"
        for node in result.result or []
        if node.status in ("error", "fail", "runtime error")
    )


@contextmanager
def _environment(**values: Path) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({name: str(value) for name, value in values.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
