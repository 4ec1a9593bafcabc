"""Write the published files: tested marts only, each file swapped in by one atomic rename."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360 import registry_log
from customer360.durable import swap_in_database, wal_of
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


@dataclass(frozen=True)
class PublishedTable:
    """One table of the publication.

    Attributes:
        name: its name in the published files.
        relation: its rows.
        direct: columns that name a person directly: only in the restricted file.
        restricted: the whole table is only in the restricted file.

    """

    name: str
    relation: duckdb.DuckDBPyRelation
    direct: Sequence[str] = ()
    restricted: bool = False


def is_published(home: Path) -> bool:
    """Whether both published files are where readers look for them."""
    folder = home / PUBLISHED_FOLDER
    return all((folder / name).exists() for name in (OPEN_FILE, RESTRICTED_FILE))


def publish(
    con: duckdb.DuckDBPyConnection,
    *,
    home: Path,
    tables: Sequence[PublishedTable],
    run_id: str,
    at: datetime,
    settings: Mapping[str, Any],
) -> duckdb.DuckDBPyRelation:
    """Replace both published files by new ones.

    A reader that has a file open keeps what it opened. When anything fails the former files stay.
    The table `build_info` says which build it was, and `settings` (JSON) with which thresholds.
    No GPID is published that the registry's log does not have.

    Returns:
        One row per file and table: `file, table_name, row_count`.

    """
    folder = home / PUBLISHED_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    con.execute(
        "create or replace temp table published (file varchar, table_name varchar,"
        " row_count bigint)"
    )
    written = [
        _write(con, folder / name, tables, is_open=is_open, run_id=run_id, at=at, settings=settings)
        for name, is_open in ((RESTRICTED_FILE, False), (OPEN_FILE, True))
    ]
    registry_log.append(con, home, run_id=run_id)
    for new, final in written:
        swap_in_database(new, final)
    return con.table("published")


def _write(
    con: duckdb.DuckDBPyConnection,
    final: Path,
    tables: Sequence[PublishedTable],
    *,
    is_open: bool,
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
        for table in tables:
            if is_open and table.restricted:
                continue
            columns = _open_columns(table) if is_open else _columns(table)
            con.execute(
                f"create table publication.main.{table.name} as"
                f" select {', '.join(columns)} from ({table.relation.sql_query()})"
            )
            con.execute(
                f"insert into published select ?, ?, count(*) from publication.main.{table.name}",
                [final.name, table.name],
            )
        con.execute(
            "create table publication.main.build_info as select ?::bigint as commit_number,"
            " ?::varchar as run_id, ?::timestamp as published_at, ?::varchar as settings",
            [last_commit(con), run_id, at, json.dumps(dict(settings), sort_keys=True)],
        )
        # the functions name the tables beside them; who attaches the file says `use` first
        con.execute("use publication.main")
        con.execute(published_functions(is_open=is_open))
        con.execute("checkpoint publication")
    finally:
        con.execute(f"use {before}")
        con.execute("detach publication")
    return new, final


def _columns(table: PublishedTable) -> list[str]:
    return [column for column in table.relation.columns if column not in _BOOKKEEPING]


def _open_columns(table: PublishedTable) -> list[str]:
    """Leave direct columns out; a key that is an e-mail address becomes its token."""
    return [_open_form(column) for column in _columns(table) if column not in table.direct]


# Columns that hold record keys, alone or in a list. A key can be an e-mail address: a subscriber's
# often is. The token stands for the key itself, behind the system, instance and object of it.
_TOKEN = (
    "case when contains({key}, '@')"
    " then regexp_extract({key}, '^([^/]*/){{3}}') || privacy_token({key}) else {key} end"
)
_RECORD_KEY_COLUMNS = frozenset(
    {
        "record_key",
        "record_key_a",
        "record_key_b",
        "parent_record_key",
        "weakest_record_key_a",
        "weakest_record_key_b",
        "cluster_id",
        "cluster_id_a",
        "cluster_id_b",
        "component_id",
        "activity_key",
        "related_key",
    }
)
_RECORD_KEY_LIST_COLUMNS = frozenset({"record_keys", "related_record_keys"})


def _open_form(column: str) -> str:
    if column in _RECORD_KEY_COLUMNS:
        return f"{_TOKEN.format(key=column)} as {column}"
    if column in _RECORD_KEY_LIST_COLUMNS:
        return f"list_transform({column}, lambda k: {_TOKEN.format(key='k')}) as {column}"
    if column == "source_key":
        return (
            f"case when contains({column}, '@') then privacy_token(record_key)"
            f" else {column} end as {column}"
        )
    return column
