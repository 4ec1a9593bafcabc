"""Write the published files: tested marts only, each file swapped in by one atomic rename."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360 import registry_log
from customer360.durable import swap_in_database
from customer360.privacy import NOTHING_CLASSIFIED, PersonalKeys, open_columns, table_classes
from customer360.published_files import (
    Statement,
    clean_database,
    new_file,
    write_database,
)
from customer360.published_functions import published_functions
from customer360.registry import (
    OPEN_FILE,
    PUBLISHED_FOLDER,
    RESTRICTED_FILE,
    last_commit,
)

# what a model needs to keep its rows from build to build says nothing to readers
BOOKKEEPING = frozenset({"input_hash", "made_by"})

_OWNER_ONLY = 0o600


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

    The restricted file is readable by its owner only, until somebody changes that; both keep the
    permissions that they have. A reader that has a file open keeps what it opened. When anything
    fails the former files stay. The table `build_info` says which build it was, and `settings`
    (JSON) with which thresholds.
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
    everything = {
        name: _select(relation, [f'"{column}"' for column in _columns(relation)])
        for name, relation in tables.items()
    }
    what_is_open = {
        name: _select(relation, open_columns(name, relation, _columns(relation), of_table, keys))
        for name, relation in tables.items()
        if not (of_table := classes.get(name, NOTHING_CLASSIFIED)).is_restricted
    }
    build_info = _build_info(con, run_id, at, settings)
    # the functions name the tables beside them; who attaches the file says `use` first
    for_all, for_open = (
        [build_info, (published_functions(is_open=is_open), [])] for is_open in (False, True)
    )
    with clean_database(con, folder / OPEN_FILE, what_is_open, for_open) as in_open:
        in_restricted = write_database(
            con, folder / RESTRICTED_FILE, everything, for_all, mode=_OWNER_ONLY
        )
    written = {RESTRICTED_FILE: in_restricted, OPEN_FILE: in_open}
    con.executemany(
        "insert into published values (?, ?, ?)",
        [(file, *counted) for file, counts in written.items() for counted in counts.items()],
    )
    registry_log.append(con, home, run_id=run_id)
    for name in written:
        # whom an administrator let read it goes on reading it
        if (folder / name).exists():
            new_file(folder / name).chmod((folder / name).stat().st_mode & 0o777)
        swap_in_database(new_file(folder / name), folder / name)
    return con.table("published")


def _build_info(
    con: duckdb.DuckDBPyConnection, run_id: str, at: datetime, settings: Mapping[str, Any]
) -> Statement:
    return (
        "create table build_info as select ?::bigint as commit_number, ?::varchar as run_id,"
        " ?::timestamp as published_at, ?::varchar as settings",
        [last_commit(con), run_id, at.isoformat(), json.dumps(dict(settings), sort_keys=True)],
    )


def _select(relation: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> str:
    return f"select {', '.join(columns)} from ({relation.sql_query()})"


def _columns(relation: duckdb.DuckDBPyRelation) -> list[str]:
    return [column for column in relation.columns if column not in BOOKKEEPING]
