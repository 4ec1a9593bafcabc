"""The results of all checkpoint runs: one small Parquet file per run, which nothing rewrites."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from customer360.durable import swap_in, sync
from customer360.landing.sql import literal, path_literal

EXPECTATIONS_FOLDER = "expectations"
_RESULTS_FOLDER = "results"

_COLUMNS = {
    "run_id": "varchar",
    "checked_at": "timestamp",
    "source_system": "varchar",
    "source_instance": "varchar",
    "source_object": "varchar",
    "expectation": "varchar",
    "column_name": "varchar",
    "severity": "varchar",
    "is_met": "boolean",
    "checked_rows": "bigint",
    "unexpected_rows": "bigint",
    "observed": "varchar",
    "expected": "varchar",
}


@dataclass(frozen=True)
class Result:
    """What one expectation of one extract came to in one run; no values of records are in it.

    Attributes:
        expectation: its type, as Great Expectations calls it.
        column_name: None where the extract as a whole is meant.
        severity: `stop` or `warn`.
        checked_rows, unexpected_rows: None where single rows are not looked at.
        observed: a number, a moment or a share, as text.
        expected: in words.

    """

    run_id: str
    checked_at: datetime
    source_system: str
    source_instance: str
    source_object: str
    expectation: str
    column_name: str | None
    severity: str
    is_met: bool
    checked_rows: int | None
    unexpected_rows: int | None
    observed: str | None
    expected: str

    @property
    def source(self) -> str:
        """System, instance and object."""
        return f"{self.source_system}/{self.source_instance}/{self.source_object}"


def _findings(results: Sequence[Result]) -> list[tuple[object, ...]]:
    """What was found, whenever it was, in an order of its own."""
    return sorted((astuple(each)[2:] for each in results), key=repr)


def _last_findings(home: Path) -> list[tuple[object, ...]] | None:
    files = result_files(home)
    if not files:
        return None
    with duckdb.connect() as con:
        rows = con.execute(f"select * from read_parquet({path_literal(files[-1])})").fetchall()
    return sorted((row[2:] for row in rows), key=repr)


def result_files(home: Path) -> list[Path]:
    """The files of all runs, oldest first."""
    return sorted((home / EXPECTATIONS_FOLDER / _RESULTS_FOLDER).glob("[0-9]*.parquet"))


def results_query(home: Path) -> str:
    """SQL of all results under a home folder; without rows when there was no run."""
    files = result_files(home)
    columns = ", ".join(_COLUMNS)
    if not files:
        typed = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in _COLUMNS.items())
        return f"select {typed} where false"
    pattern = str(path_literal(files[0].parent))[1:-1]
    return f"select {columns} from read_parquet('{pattern}/[0-9]*.parquet')"


def add_run(home: Path, results: Sequence[Result]) -> Path | None:
    """Write the results of one run, as a whole or not at all.

    A run that finds what the one before it found is not written: a build of the same extracts then
    finds nothing new.
    """
    if not results or _findings(results) == _last_findings(home):
        return None
    folder = home / EXPECTATIONS_FOLDER / _RESULTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    first = results[0]
    final = folder / f"{first.checked_at:%Y%m%dT%H%M%S}_{first.run_id}.parquet"
    new = folder / f".{final.name}.new"
    definition = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    places = ", ".join("?" for _ in _COLUMNS)
    with duckdb.connect() as con:
        con.execute(f"create table results ({definition})")
        con.executemany(f"insert into results values ({places})", [astuple(r) for r in results])
        con.execute(f"copy results to {literal(str(new))} (format parquet)")
    sync(new)
    swap_in(new, final)
    return final
