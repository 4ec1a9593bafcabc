"""The registry file: where GPIDs, releases and the history of decisions outlive every build.

`gpid_events` is an append-only list; whoever holds which GPID, now or at any commit, is a fold of
it. dbt appends to the tables (models/identity); this module creates them, `registry_checks` guards
the file, and `registry_log` keeps what it can be made again from.
"""

from pathlib import Path

import duckdb

from customer360.durable import wal_of

REGISTRY_FILE = "registry.duckdb"
WAREHOUSE_FILE = "warehouse.duckdb"
PUBLISHED_FOLDER = "published"
OPEN_FILE = "customer360.duckdb"
RESTRICTED_FILE = "customer360_restricted.duckdb"
DATABASE = "registry"

# No keys or indexes: reported faults of DuckDB's log replay cluster on them, and dbt tests
# uniqueness.
# registry_info says which id key mints: its last row counts.
_TABLES = """
create table if not exists registry.main.registry_info (
    registered_at timestamp,
    key_fingerprint varchar
);
create table if not exists registry.main.gpid_events (
    commit_number bigint,
    event_number bigint,
    committed_at timestamp,
    run_id varchar,
    actor varchar,
    event_type varchar,
    gpid varchar,
    other_gpid varchar,
    record_key varchar,
    party_type varchar,
    reason varchar
);
create table if not exists registry.main.model_releases (
    release_id varchar,
    party_type varchar,
    fitted_at timestamp,
    content_hash varchar,
    parameters varchar,
    library_versions varchar
);
create table if not exists registry.main.release_frequencies (
    release_id varchar,
    party_type varchar,
    term varchar,
    value varchar,
    frequency double
);
create table if not exists registry.main.steward_decision_log (
    recorded_at timestamp,
    run_id varchar,
    event varchar,
    record_key_a varchar,
    record_key_b varchar,
    decision varchar,
    decided_by varchar,
    decided_at timestamp,
    reason varchar,
    delivered_in varchar
);
create table if not exists registry.main.gate_overrides (
    commit_number bigint,
    recorded_at timestamp,
    run_id varchar,
    actor varchar,
    gate varchar,
    measured double,
    allowed double,
    reason varchar,
    detail varchar
);
create table if not exists registry.main.generic_value_events (
    event_number bigint,
    event_at timestamp,
    run_id varchar,
    event_type varchar,
    party_type varchar,
    identifier_type varchar,
    value varchar,
    reason varchar,
    name_count bigint,
    record_count bigint
);
create table if not exists registry.main.record_identity_log (
    record_key varchar,
    entry_number bigint,
    commit_number bigint,
    run_id varchar,
    party_type varchar,
    made_with ubigint,
    content_hash ubigint,
    name_marks uinteger[],
    given_name_marks uinteger[],
    birth_date_mark uinteger,
    mailbox_marks uinteger[],
    phone_marks uinteger[],
    national_id_mark uinteger,
    other_marks uinteger[]
);
create table if not exists registry.main.erasures (
    request_id varchar,
    erased_at timestamp,
    run_id varchar,
    gpid varchar,
    kind varchar,
    token varchar
);
create table if not exists registry.main.privacy_audit (
    entry_number bigint,
    recorded_at timestamp,
    run_id varchar,
    actor varchar,
    request_id varchar,
    action varchar,
    gpid varchar,
    record_count bigint,
    detail varchar
);
"""


class RegistryError(RuntimeError):
    """The registry cannot be built on: ids would change. The message says what to do."""


def attach(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Attach the registry as `registry`, with its tables in place.

    Raises:
        RegistryError: when the file is torn, or somebody else has it open.

    """
    path = home / REGISTRY_FILE
    try:
        con.execute(f"attach if not exists {quoted(path)} as {DATABASE}")
        create_tables(con)
    except duckdb.Error as error:
        raise RegistryError(
            cannot_open(path, error, way_out="`make restore` makes it again from its log.")
        ) from None


def cannot_open(path: Path, error: duckdb.Error, *, way_out: str) -> str:
    """Say why DuckDB does not open a file, and what to do."""
    said = str(error).splitlines()[0]
    if "Could not set lock" in said:
        return f"{path} is open in another program; close it there and try again. DuckDB: {said}"
    if "WAL" in said:
        wal = wal_of(path)
        return f"{wal} is damaged, or is that of another file than {path}. {way_out} DuckDB: {said}"
    return f"{path} is torn, or no DuckDB file. {way_out} DuckDB: {said}"


def quoted(path: Path) -> str:
    """A path as a literal in SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the registry's tables in the attached database `registry` where they are missing."""
    con.execute(_TABLES)


def last_commit(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the registry's last commit; 0 when it has none."""
    query = "select coalesce(max(commit_number), 0) from registry.main.gpid_events"
    rows = con.execute(query).fetchall()
    return int(rows[0][0])


def row_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows each table of the attached registry has."""
    # dbt leaves a table of its own behind when it dies
    tables = con.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'main'"
        " and not contains(table_name, '__dbt_') order by table_name",
        [DATABASE],
    ).fetchall()
    return {
        name: int(con.execute(f"select count(*) from {DATABASE}.main.{name}").fetchall()[0][0])
        for (name,) in tables
    }
