"""Whether the warehouse is what a build would make of it anyway: then it is left as it is.

Every run of dbt writes a row to `main.build_runs` when it starts and completes it when it ends. A
build finds all as it was when the last run that wrote anything was a complete build, of the same
inputs: extracts, seeds, code, variables, and the registry as that build left it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

# SQL of one text that changes with every row that is added to the registry
_REGISTRY_STATE = """concat_ws(
    ' ',
    (select max_by(run_id, commit_number) from registry.main.gpid_events),
    (
        select string_agg(table_name || ' ' || estimated_size, ' ' order by table_name)
        from duckdb_tables()
        where database_name = 'registry'
    )
)"""


def inputs_fingerprint(
    *, landing: Path, files: Iterable[Sequence[object]], seeds: Path, code: str, variables: str
) -> str:
    """Identifies everything that a build reads besides the registry.

    Args:
        landing: the landing folder.
        files: path, size and time of the last change of every extract.
        seeds: the folder of the seeds, which are read whole.
        code: what `code_fingerprint` says of the project.
        variables: the variables in force, as text.

    """
    digest = hashlib.sha256(f"{landing}\0{code}\0{variables}\0".encode())
    for file in sorted(map(str, files)):
        digest.update(file.encode())
    for path in sorted(seeds.glob("*.csv")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def is_as_built(con: duckdb.DuckDBPyConnection, inputs: str, moment: datetime) -> bool:
    """Whether the last run that wrote anything was a complete build of the same inputs.

    A consent or a suppression that has begun or ended since then is a change, too, although nothing
    was delivered: `int_time_limits` says when the next one does.

    Args:
        con: a connection to the warehouse with the registry attached.
        inputs: what `inputs_fingerprint` says.
        moment: when this build looks at the clock (UTC).

    """
    known = con.execute(
        "select count(*) from duckdb_tables() where database_name = current_database()"
        " and schema_name = 'main' and table_name = 'build_runs'"
    ).fetchall()
    if known == [(0,)]:
        return False
    rows = con.execute(
        f"""
        select is_complete and inputs_fingerprint = $inputs and registry_state = {_REGISTRY_STATE}
        from main.build_runs
        -- a run that never ended may have written anything
        where has_written or ended_at is null
        order by run_number desc
        limit 1
        """,
        {"inputs": inputs},
    ).fetchall()
    return rows == [(True,)] and not _time_has_changed_something(con, moment)


def _time_has_changed_something(con: duckdb.DuckDBPyConnection, moment: datetime) -> bool:
    known = con.execute(
        "select count(*) from duckdb_tables() where database_name = current_database()"
        " and schema_name = 'conformed' and table_name = 'int_time_limits'"
    ).fetchall()
    if known == [(0,)]:
        return True
    rows = con.execute(
        "select count(*) from conformed.int_time_limits where holds_until <= ?", [moment]
    ).fetchall()
    return rows != [(0,)]


def prepare_cursor(
    con: duckdb.DuckDBPyConnection, *, inputs: str, is_as_built: bool, moment: datetime
) -> None:
    """Give a connection what macros of the project ask for: the clock, and what has changed."""
    con.execute("set variable build_moment = $moment", {"moment": moment})
    con.execute("set variable inputs_fingerprint = $inputs", {"inputs": inputs})
    con.execute("set variable is_as_built = $value", {"value": is_as_built})
    con.execute(f"create or replace temp macro registry_state() as {_REGISTRY_STATE}")
