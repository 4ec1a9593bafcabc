"""The registry file: where GPIDs, releases and the history of decisions outlive every build.

`gpid_events` is an append-only list; whoever holds which GPID, now or at any commit, is a fold of
it. dbt appends to the tables (models/identity); this module creates them and guards the file.
"""

from pathlib import Path

import duckdb

REGISTRY_FILE = "registry.duckdb"
WAREHOUSE_FILE = "warehouse.duckdb"
PUBLISHED_FOLDER = "published"
OPEN_FILE = "customer360.duckdb"
RESTRICTED_FILE = "customer360_restricted.duckdb"
DATABASE = "registry"

# No keys or indexes: reported faults of DuckDB's log replay cluster on them, and dbt tests
# uniqueness.
_TABLES = """
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
"""


class RegistryError(RuntimeError):
    """The registry does not fit the publication; building on would change everybody's GPID."""


def guard(home: Path) -> None:
    """Refuse to start without a registry where there already is a publication.

    Raises:
        RegistryError: saying which file is missing beside which, and the two ways out.

    """
    published = home / PUBLISHED_FOLDER / OPEN_FILE
    registry = home / REGISTRY_FILE
    if published.exists() and not registry.exists():
        raise RegistryError(
            f"{registry} is missing, but {published} exists. Building now would give every "
            "customer a new GPID. Restore the registry from a backup; or, to start over with new "
            f"ids on purpose, move {published.parent} away."
        )


def attach(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Attach the registry as `registry`, with its tables in place.

    Raises:
        RegistryError: when the registry is older than the publication beside it.

    """
    path = str(home / REGISTRY_FILE).replace("'", "''")
    con.execute(f"attach if not exists '{path}' as {DATABASE}")
    create_tables(con)
    published = home / PUBLISHED_FOLDER / OPEN_FILE
    if not published.exists():
        return
    published_commit = _published_commit(con, published)
    head = last_commit(con)
    if published_commit > head:
        raise RegistryError(
            f"{home / REGISTRY_FILE} ends at commit {head}, but {published} was made from commit "
            f"{published_commit}: the registry is an older copy or was replaced. Restore the "
            f"newest backup; or, to go on from the older one on purpose, move {published.parent} "
            "away."
        )


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the registry's tables in the attached database `registry` where they are missing."""
    con.execute(_TABLES)


def last_commit(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the registry's last commit; 0 when it has none."""
    query = "select coalesce(max(commit_number), 0) from registry.main.gpid_events"
    rows = con.execute(query).fetchall()
    return int(rows[0][0])


def _published_commit(con: duckdb.DuckDBPyConnection, published: Path) -> int:
    path = str(published).replace("'", "''")
    con.execute(f"attach '{path}' as publication_check (read_only)")
    try:
        rows = con.execute("select commit_number from publication_check.main.build_info").fetchall()
    finally:
        con.execute("detach publication_check")
    return int(rows[0][0])
