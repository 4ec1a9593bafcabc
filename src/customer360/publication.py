"""Write the published files: tested marts only, each file swapped in by one atomic rename."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360 import registry_log
from customer360.durable import swap_in_database, wal_of
from customer360.privacy import NOTHING_CLASSIFIED, PersonalKeys, open_columns, table_classes
from customer360.published_functions import published_functions
from customer360.registry import (
    OPEN_FILE,
    PUBLISHED_FOLDER,
    RESTRICTED_FILE,
    last_commit,
    quoted,
)

# readable by every DuckDB 1.4 and later
_STORAGE_VERSION = "v1.4.0"

# what a model needs to keep its rows from build to build says nothing to readers
_BOOKKEEPING = frozenset({"input_hash", "made_by"})


def is_published(home: Path) -> bool:
    """Whether both published files are where readers look for them."""
    folder = home / PUBLISHED_FOLDER
    return all((folder / name).exists() for name in (OPEN_FILE, RESTRICTED_FILE))


def publish(
    con: duckdb.DuckDBPyConnection,
    *,
    home: Path,
    tables: Mapping[str, duckdb.DuckDBPyRelation],
    personal_keys: Sequence[str],
    run_id: str,
    at: datetime,
    settings: Mapping[str, Any],
) -> duckdb.DuckDBPyRelation:
    """Replace both published files by new ones.

    The open file has what the classes of the columns allow (`customer360.privacy`). Record keys of
    the sources in `personal_keys` are tokens there, the same in every table.

    A reader that has a file open keeps what it opened. When anything fails the former files stay.
    The table `build_info` says which build it was, and `settings` (JSON) with which thresholds.
    No GPID is published that the registry's log does not have.

    Returns:
        One row per file and table: `file, table_name, row_count`.

    Raises:
        PrivacyError: when a column has no class. Both former files stay.

    """
    folder = home / PUBLISHED_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    con.execute(
        "create or replace temp table published (file varchar, table_name varchar,"
        " row_count bigint)"
    )
    classes = table_classes(con)
    keys = PersonalKeys(personal_keys)
    everything = {name: (relation, _columns(relation)) for name, relation in tables.items()}
    what_is_open = {
        name: (relation, open_columns(name, relation, columns, of_table, keys))
        for name, (relation, columns) in everything.items()
        if not (of_table := classes.get(name, NOTHING_CLASSIFIED)).is_restricted
    }
    written = [
        _write(con, folder / name, selected, run_id=run_id, at=at, settings=settings)
        for name, selected in ((RESTRICTED_FILE, everything), (OPEN_FILE, what_is_open))
    ]
    registry_log.append(con, home, run_id=run_id)
    for new, final in written:
        swap_in_database(new, final)
    return con.table("published")


def _write(
    con: duckdb.DuckDBPyConnection,
    final: Path,
    tables: Mapping[str, tuple[duckdb.DuckDBPyRelation, Sequence[str]]],
    *,
    run_id: str,
    at: datetime,
    settings: Mapping[str, Any],
) -> tuple[Path, Path]:
    new = final.with_name(final.name + ".new")
    new.unlink(missing_ok=True)
    wal_of(new).unlink(missing_ok=True)
    before = ".".join(con.execute("select current_database(), current_schema()").fetchall()[0])
    con.execute(f"attach {quoted(new)} as publication (storage_version '{_STORAGE_VERSION}')")
    try:
        for name, (relation, columns) in tables.items():
            con.execute(
                f"create table publication.main.{name} as"
                f" select {', '.join(columns)} from ({relation.sql_query()})"
            )
            con.execute(
                f"insert into published select ?, ?, count(*) from publication.main.{name}",
                [final.name, name],
            )
        con.execute(
            "create table publication.main.build_info as select ?::bigint as commit_number,"
            " ?::varchar as run_id, ?::timestamp as published_at, ?::varchar as settings",
            [last_commit(con), run_id, at, json.dumps(dict(settings), sort_keys=True)],
        )
        # the functions name the tables beside them; who attaches the file says `use` first
        con.execute("use publication.main")
        con.execute(published_functions(is_open=final.name == OPEN_FILE))
        con.execute("checkpoint publication")
    finally:
        con.execute(f"use {before}")
        con.execute("detach publication")
    return new, final


def _columns(relation: duckdb.DuckDBPyRelation) -> list[str]:
    return [column for column in relation.columns if column not in _BOOKKEEPING]
