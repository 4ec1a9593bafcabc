"""Builds in processes of their own, which can be killed or run at the same time."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.project.builds import HISTORIES, PROJECT, WITHOUT_TESTS, Customer360

SIGKILL, SIGALRM = -9, -14


@dataclass(frozen=True)
class Build:
    """A build that was started."""

    server: "BuildServer"
    pid: int
    output: Path

    def wait(self) -> int:
        """The exit code: negative for the signal that ended it."""
        return int(self.server.ask({"wait": self.pid}))

    def said(self) -> str:
        """What it printed so far, in one line: dbt breaks long ones."""
        return " ".join(self.output.read_text("utf-8").split())


class BuildServer:
    """Starts builds of the project with one set of variables."""

    def __init__(self, process: subprocess.Popen[str], options: list[str]) -> None:
        self._process = process
        self._options = options
        self._builds = 0

    def ask(self, request: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(
        self,
        project: Customer360,
        *arguments: str,
        death: Mapping[str, Any] | None = None,
        profiles: Path = PROJECT,
    ) -> Build:
        """Start a build without tests, one node at a time."""
        project.scratch.mkdir(exist_ok=True)
        self._builds += 1
        output = project.scratch / f"build_{self._builds}.txt"
        output.touch()
        command = ["build", *WITHOUT_TESTS, "--threads", "1", *self._options, *arguments]
        places = ["--target-path", str(project.scratch / "target"), "--log-level-file", "none"]
        pid = self.ask(
            {
                "start": {
                    "arguments": [*command, *places, "--profiles-dir", str(profiles)],
                    "environment": {
                        "CUSTOMER360_LANDING": str(project.landing),
                        "CUSTOMER360_HOME": str(project.home),
                    },
                    "output": str(output),
                    "death": death,
                }
            }
        )
        return Build(self, pid, output)

    def build(self, project: Customer360, *arguments: str, **how: Any) -> int:
        """A build from its start to its end, however it ends."""
        return self.start(project, *arguments, **how).wait()


@contextmanager
def build_server(variables: Mapping[str, Any]) -> Iterator[BuildServer]:
    """A server that ends with the block."""
    options = ["--project-dir", str(PROJECT), "--vars", yaml.safe_dump(dict(variables))]
    with (
        tempfile.TemporaryDirectory() as scratch,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.project.build_server", *options),
                *("--profiles-dir", str(PROJECT), "--target-path", scratch),
                *("--log-path", scratch),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        ) as process,
    ):
        try:
            yield BuildServer(process, options)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


# what differs between two builds of the same data: when they ran, and as which run
_OF_THE_RUN = {
    "run_id",
    "committed_at",
    "event_at",
    "fitted_at",
    "published_at",
    "recorded_at",
    "registered_at",
    "since",
    "valid_from",
    "valid_to",
}

State = dict[str, list[tuple[Any, ...]]]


def state(project: Customer360) -> State:
    """All rows of the registry and the published files, without what differs from run to run."""
    files = [
        project.home / "registry.duckdb",
        *sorted((project.home / "published").glob("*.duckdb")),
    ]
    assert len(files) == 3
    return {
        f"{file.name}: {table}": rows for file in files for table, rows in _tables(file).items()
    }


def _tables(file: Path) -> State:
    with duckdb.connect(str(file), read_only=True) as con:
        columns: dict[str, list[str]] = {}
        for table, column in con.execute(
            "select table_name, column_name from duckdb_columns() where database_name ="
            " current_database() and schema_name = 'main' and not internal order by all"
        ).fetchall():
            assert "__dbt_" not in table, f"{file} has a table that a build left behind"
            if column not in _OF_THE_RUN and table not in HISTORIES:
                columns.setdefault(table, []).append(column)
        return {
            table: con.execute(f"select {', '.join(kept)} from {table} order by all").fetchall()
            for table, kept in columns.items()
        }
