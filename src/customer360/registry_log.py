"""The registry's log: every row that was ever appended to it, in Parquet files beside it.

The log is a folder of entries, `000001`, `000002`, …. An entry holds one Parquet file per table
that grew, with the rows that were new, and `entry.json`, which says how many rows each table has
had since. An entry appears as a whole and is never touched again, so that a copy of the folder is
as good as the folder, whenever it was made.
"""

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360.durable import swap_in, sync
from customer360.registry import DATABASE, RegistryError, quoted, row_counts

LOG_FOLDER = "registry_log"
_ENTRY_FILE = "entry.json"
_REGISTRY_EVENTS = f"{DATABASE}.main.gpid_events"
_COMMIT = """
select commit_number, run_id, committed_at::varchar
from {events}
where commit_number = {number}
limit 1
"""


@dataclass(frozen=True)
class Commit:
    """A commit of the registry: two registries that have it share their history up to it."""

    number: int
    run_id: str
    committed_at: str


@dataclass(frozen=True)
class Entry:
    """What one entry of the log says.

    Attributes:
        folder: where it is.
        rows: how many rows each table has, with the entry's own.
        checksums: SHA-256 of the Parquet file of each table that grew.
        commit: the registry's last commit at the time; none before the first.

    """

    folder: Path
    rows: dict[str, int]
    checksums: dict[str, str]
    commit: Commit | None

    @property
    def number(self) -> int:
        """The first entry is 1."""
        return int(self.folder.name)

    def file(self, table: str) -> Path:
        """The new rows of a table."""
        return self.folder / f"{table}.parquet"


def append(con: duckdb.DuckDBPyConnection, home: Path, *, run_id: str) -> dict[str, int]:
    """Bring the log to the state of the attached registry; what is in it already stays.

    Returns:
        How many rows of each table were new. When there were none, nothing is written.

    Raises:
        RegistryError: when the registry lost rows that the log has, or the log cannot be written.

    """
    head = last_entry(home)
    logged = head.rows if head else {}
    counts = row_counts(con)
    lost = sorted(table for table in logged if counts.get(table, 0) < logged[table])
    if lost:
        raise RegistryError(
            f"{', '.join(lost)} in the registry: rows are gone that {home / LOG_FOLDER} has. "
            "Nothing is ever deleted there; `make restore` brings them back."
        )
    grown = {table: n - logged.get(table, 0) for table, n in counts.items()}
    grown = {table: n for table, n in grown.items() if n}
    if not grown:
        return {}
    number = head.number + 1 if head else 1
    final = home / LOG_FOLDER / f"{number:06d}"
    new = final.with_name(f".{final.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        checksums = {
            table: _write_rows(con, table, logged.get(table, 0), counts[table], new)
            for table in grown
        }
        commit = last_commit(con)
        content = {
            "written_at": datetime.now(UTC).isoformat(),
            "run_id": run_id,
            "rows": counts,
            "checksums": checksums,
            "commit": vars(commit) if commit else None,
        }
        (new / _ENTRY_FILE).write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        sync(new / _ENTRY_FILE)
        sync(new)
        swap_in(new, final)
    except (OSError, duckdb.IOException) as error:
        raise RegistryError(f"{final} cannot be written: {error}") from None
    return grown


def append_as_table(
    con: duckdb.DuckDBPyConnection, home: Path, *, run_id: str
) -> duckdb.DuckDBPyRelation:
    """The same, for dbt: one row per table that grew, `table_name, new_rows`."""
    grown = append(con, home, run_id=run_id)
    con.execute("create or replace temp table newly_logged (table_name varchar, new_rows bigint)")
    for table, rows in grown.items():
        con.execute("insert into newly_logged values (?, ?)", [table, rows])
    return con.table("newly_logged")


def _write_rows(
    con: duckdb.DuckDBPyConnection, table: str, first: int, end: int, folder: Path
) -> str:
    # rows of a table that is only appended to are numbered without gaps, in the order of commits
    path = folder / f"{table}.parquet"
    written = con.execute(
        f"copy (select * from {DATABASE}.main.{table} where rowid >= {first} and rowid < {end})"
        f" to {quoted(path)} (format parquet, compression zstd, compression_level 1)"
    ).fetchall()[0][0]
    if written != end - first:
        raise RegistryError(
            f"{table} in the registry: {end - first} rows are new by their number, but {written} by"
            " their place. Rows were deleted; `make restore` brings back what the log has."
        )
    sync(path)
    return _checksum(path)


def last_commit(con: duckdb.DuckDBPyConnection) -> Commit | None:
    """The last commit of the attached registry."""
    number = f"(select max(commit_number) from {_REGISTRY_EVENTS})"
    rows = con.execute(_COMMIT.format(events=_REGISTRY_EVENTS, number=number)).fetchall()
    return Commit(*rows[0]) if rows else None


def has_commit(con: duckdb.DuckDBPyConnection, commit: Commit) -> bool:
    """Whether the attached registry has that very commit, not only one of its number."""
    return _is_in(con, _REGISTRY_EVENTS, commit)


def is_logged(con: duckdb.DuckDBPyConnection, entries: list[Entry], commit: Commit) -> bool:
    """Whether the log has that very commit."""
    files = [quoted(e.file("gpid_events")) for e in entries if "gpid_events" in e.checksums]
    return bool(files) and _is_in(con, f"read_parquet([{', '.join(files)}])", commit)


def _is_in(con: duckdb.DuckDBPyConnection, events: str, commit: Commit) -> bool:
    found = con.execute(_COMMIT.format(events=events, number=commit.number)).fetchall()
    return [Commit(*row) for row in found] == [commit]


def last_entry(home: Path) -> Entry | None:
    """The newest entry of the log; none when there is no log.

    Raises:
        RegistryError: when an entry is missing or damaged.

    """
    folders = _folders(home)
    return _read(folders[-1]) if folders else None


def entries(home: Path) -> list[Entry]:
    """All entries, the oldest first, their files checked.

    Raises:
        RegistryError: when an entry or a file is missing or damaged.

    """
    found = [_read(folder) for folder in _folders(home)]
    for entry in found:
        for table, checksum in entry.checksums.items():
            file = entry.file(table)
            if not file.exists() or _checksum(file) != checksum:
                raise RegistryError(_damaged(file))
    return found


def _folders(home: Path) -> list[Path]:
    log = home / LOG_FOLDER
    if not log.exists():
        return []
    names = sorted(int(path.name) for path in log.iterdir() if re.fullmatch(r"\d{6,}", path.name))
    for expected, number in enumerate(names, start=1):
        if number != expected:
            raise RegistryError(_damaged(log / f"{expected:06d}"))
    return [log / f"{number:06d}" for number in names]


def _read(folder: Path) -> Entry:
    try:
        content: dict[str, Any] = json.loads((folder / _ENTRY_FILE).read_text("utf-8"))
        return Entry(
            folder,
            rows=content["rows"],
            checksums=content["checksums"],
            commit=Commit(**content["commit"]) if content["commit"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise RegistryError(_damaged(folder / _ENTRY_FILE)) from None


def _damaged(path: Path) -> str:
    return (
        f"{path} is missing or damaged. Bring it back from a copy of the log; or, if the registry "
        f"itself is whole, move the folder {LOG_FOLDER} away: the next build writes a new log."
    )


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
