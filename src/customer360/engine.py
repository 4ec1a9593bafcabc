"""What differs between engines: how a dbt Python model reaches its data. Today this is DuckDB."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb


def connection(session: Any) -> duckdb.DuckDBPyConnection:
    """The DuckDB connection inside dbt's `session`, which may be wrapped several times.

    Raises:
        TypeError: when there is none: this engine is not supported.

    """
    while not isinstance(session, duckdb.DuckDBPyConnection):
        if not hasattr(session, "_cursor"):
            raise TypeError(f"no DuckDB connection in {type(session).__name__}")
        session = session._cursor
    return session


def name_relation(
    con: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, name: str
) -> str:
    """Make what `dbt.ref` returned readable under a plain name in SQL; returns the name."""
    con.execute(f"create or replace temp view {name} as {relation.sql_query()}")
    return name


def former_table(con: duckdb.DuckDBPyConnection, this: Any, columns: Sequence[str]) -> str | None:
    """The table that the last build left of a model, for what can be taken over from it.

    Args:
        con: a connection.
        this: `dbt.this` of the model.
        columns: the columns that it has to have.

    Returns:
        Its name in SQL; `None` when there is no such table, it has other columns, or this run
        builds everything anew.

    """
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = ?"
        " and table_name = ? order by column_index",
        [this.database, this.schema, this.identifier],
    ).fetchall()
    is_full_refresh = con.execute("select getvariable('is_full_refresh')").fetchall()[0][0]
    if is_full_refresh or [name for (name,) in rows] != list(columns):
        return None
    return f'"{this.database}"."{this.schema}"."{this.identifier}"'


def set_full_refresh(con: duckdb.DuckDBPyConnection, is_full_refresh: bool) -> None:
    """Tell a connection whether its run takes anything over from the one before."""
    con.execute("set variable is_full_refresh = $value", {"value": is_full_refresh})


def set_code_fingerprint(con: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    """Tell a connection which version of the code its functions are of."""
    con.execute("set variable code_fingerprint = $value", {"value": fingerprint})


def set_made_with(con: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    """Tell a connection what a model's result depends on besides its own code and its inputs."""
    con.execute("set variable made_with = $value", {"value": fingerprint})


def set_mark_salt(con: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Tell a connection what makes its marks of values unlike anybody else's hashes of them."""
    con.execute("set variable mark_salt = $value", {"value": salt})


def set_run_id(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Tell a connection which run it works for."""
    con.execute("set variable run_id = $run_id", {"run_id": run_id})


def run_id(con: duckdb.DuckDBPyConnection) -> str:
    """The run that this connection works for."""
    return str(con.execute("select getvariable('run_id')").fetchall()[0][0])


def home(con: duckdb.DuckDBPyConnection) -> Path:
    """The folder of the warehouse file, where the registry and the publication are too."""
    rows = con.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    return Path(rows[0][0]).parent
