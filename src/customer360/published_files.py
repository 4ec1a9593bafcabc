"""Writes DuckDB files beside their places: as they come, or with nothing in their bytes but rows.

DuckDB leaves the unused ends of the blocks that it writes as they were in memory, and there may be
anything that the process worked on (duckdb/duckdb#23382): what is in no table of a file can be in
its bytes. A clean file is made by a process of its own, which is given the rows and nothing else.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from customer360.durable import wal_of
from customer360.keys import KEY_VARIABLE
from customer360.registry import quoted

# SQL and its parameters, of types that JSON has
Statement = tuple[str, Sequence[Any]]

# readable by every DuckDB 1.4 and later
_STORAGE_VERSION = "v1.4.0"

# of the other process, beside a build that still holds its own
_MEMORY_LIMIT = "2GB"


class CleanFileError(RuntimeError):
    """The other process failed; the message is its own."""


def new_file(final: Path) -> Path:
    """Where a file is written before it takes its place."""
    return final.with_name(final.name + ".new")


def write_database(
    con: duckdb.DuckDBPyConnection,
    final: Path,
    tables: Mapping[str, str],
    closing: Sequence[Statement],
    *,
    mode: int | None = None,
) -> dict[str, int]:
    """Write tables to the new file of `final`, in this process.

    Args:
        con: a connection.
        final: what the file will be called; it is not touched.
        tables: the query of each, by name.
        closing: what is executed in the file's schema when all tables are there.
        mode: who may read the file, set while it is empty; `None`: as files are created. That is
            how DuckDB creates the log beside it, too, which is gone in the end.

    Returns:
        The number of rows of each table.

    """
    new = _make_way(final)
    before = ".".join(con.execute("select current_database(), current_schema()").fetchall()[0])
    con.execute(f"attach {quoted(new)} as publication (storage_version '{_STORAGE_VERSION}')")
    try:
        if mode is not None:
            new.chmod(mode)
        counts = {
            name: _only_value(con, f"create table publication.main.{name} as {query}")
            for name, query in tables.items()
        }
        con.execute("use publication.main")
        for statement in closing:
            con.execute(*statement)
        con.execute("checkpoint publication")
    finally:
        con.execute(f"use {before}")
        con.execute("detach publication")
    return counts


@contextmanager
def clean_database(
    con: duckdb.DuckDBPyConnection,
    final: Path,
    tables: Mapping[str, str],
    closing: Sequence[Statement],
) -> Iterator[dict[str, int]]:
    """`write_database` by a process that holds nothing but the rows of the tables.

    It works while the block does something else; when the block has ended the file is there.

    Yields:
        The number of rows of each table.

    Raises:
        CleanFileError: when that process fails.

    """
    parts = final.with_name(final.name + ".parts")
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir()
    statements, counts = list[Statement](), dict[str, int]()
    for name, query in tables.items():
        part = quoted(parts / f"{name}.parquet")
        described = con.sql(query)
        columns = [
            (f'"{column}"', str(kind))
            for column, kind in zip(described.columns, described.types, strict=True)
        ]
        # as Parquet has them: it would make a double of the largest numbers
        stored = ", ".join(
            f"{column}::varchar as {column}" if "HUGEINT" in kind else column
            for column, kind in columns
        )
        counts[name] = _only_value(
            con, f"copy (select {stored} from ({query})) to {part} (format parquet)"
        )
        restored = ", ".join(f"{column}::{kind} as {column}" for column, kind in columns)
        statements.append((f"create table {name} as select {restored} from {part}", []))
    try:
        with _executing_elsewhere(final, [*statements, *closing]):
            yield counts
    finally:
        shutil.rmtree(parts)


def _make_way(final: Path) -> Path:
    """Remove what a killed build left."""
    new = new_file(final)
    new.unlink(missing_ok=True)
    wal_of(new).unlink(missing_ok=True)
    return new


def _only_value(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((value,),) = con.execute(sql).fetchall()
    return int(value)


@contextmanager
def _executing_elsewhere(final: Path, statements: Sequence[Statement]) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        # the key of all tokens is not for a process whose memory may be published
        env={name: value for name, value in os.environ.items() if name != KEY_VARIABLE},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdin
            # why it does not read is what it says in the end
            with suppress(BrokenPipeError), process.stdin:
                json.dump({"final": str(final), "statements": statements}, process.stdin)
            yield
        except BaseException:
            process.kill()
            raise
        assert process.stderr
        message = process.stderr.read().strip()
    if process.returncode != 0:
        raise CleanFileError(f"{final} could not be written: {message}")


def main() -> int:
    """Execute what standard input says, in JSON, in a new file."""
    task = json.load(sys.stdin)
    try:
        with duckdb.connect() as con:
            con.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
            con.execute(f"set temp_directory = {quoted(Path(task['final'] + '.tmp'))}")
            write_database(con, Path(task["final"]), {}, task["statements"])
    except duckdb.Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
