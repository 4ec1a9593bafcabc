"""The hard stops: what has to be true of the files before a build may go on from them."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer360 import registry_log
from customer360.keys import KEY_VARIABLE, IdKey
from customer360.registry import (
    DATABASE,
    OPEN_FILE,
    PUBLISHED_FOLDER,
    REGISTRY_FILE,
    WAREHOUSE_FILE,
    RegistryError,
    cannot_open,
    last_commit,
    quoted,
    row_counts,
)
from customer360.registry_log import LOG_FOLDER, Entry


class WarehouseError(RuntimeError):
    """The warehouse file cannot be opened; it can be made again."""


def check_files(home: Path) -> None:
    """Refuse what can be seen before a file is created.

    Raises:
        RegistryError: there is no registry, but a publication or a log that was made from one.
        WarehouseError: the warehouse file is torn, or somebody else has it open.

    """
    registry = home / REGISTRY_FILE
    published = home / PUBLISHED_FOLDER
    log = home / LOG_FOLDER
    if not registry.exists():
        for path in (published / OPEN_FILE, log):
            if path.exists():
                raise RegistryError(
                    f"{registry} is missing, but {path} exists. Building now would give every "
                    "customer a new GPID. `make restore` makes the registry again from its log; "
                    "or, to start over with new ids on purpose, move "
                    f"{_existing(published, log)} away."
                )
    warehouse = home / WAREHOUSE_FILE
    if warehouse.exists():
        try:
            duckdb.connect(str(warehouse)).close()
        except duckdb.Error as error:
            way_out = "Delete both and build: what is in it can be made again."
            raise WarehouseError(cannot_open(warehouse, error, way_out=way_out)) from None


def check_registry(con: duckdb.DuckDBPyConnection, home: Path, key: IdKey) -> None:
    """Refuse an attached registry that is damaged, older than its traces, or of another key.

    Afterwards the registry says which key mints.

    Raises:
        RegistryError: saying what is wrong with the registry, and the ways out.

    """
    check_rows(con, home / REGISTRY_FILE)
    head = registry_log.last_entry(home)
    if head:
        _check_against_log(con, home, head)
    _check_against_publication(con, home, has_log=head is not None)
    _check_key(con, home, key)


def check_rows(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Read every row once, so that a damaged block shows, and count the commits through.

    Raises:
        RegistryError: when something cannot be read, or a commit or an event is missing or twice.

    """
    try:
        for table in row_counts(con):
            con.execute(f"select bit_xor(hash(r)) from {DATABASE}.main.{table} as r").fetchall()
        wrong = con.execute(_FIRST_GAP).fetchall()
    except duckdb.Error as error:
        raise RegistryError(
            cannot_open(path, error, way_out="`make restore` makes it again from its log.")
        ) from None
    if wrong:
        expected, commit, events, last = wrong[0]
        what = (
            f"commit {expected} is missing"
            if commit != expected
            else f"commit {commit} has {events} events, numbered up to {last}"
        )
        raise RegistryError(
            f"{path}, gpid_events: {what}. The list of events is damaged, and ids would be wrong. "
            "`make restore` makes the registry again from its log."
        )


# Commits are numbered from 1, and the events of a commit from 1, without gaps.
_FIRST_GAP = f"""
with commits as (
    select
        commit_number,
        count(*) as events,
        max(event_number) as last_event,
        sum(event_number) as total
    from {DATABASE}.main.gpid_events
    group by commit_number
),
numbered as (
    select *, row_number() over (order by commit_number) as expected from commits
)
select expected, commit_number, events, last_event
from numbered
where commit_number is distinct from expected
    or last_event is distinct from events
    or total <> events * (events + 1) // 2
order by expected
limit 1
"""


def _check_against_log(con: duckdb.DuckDBPyConnection, home: Path, head: Entry) -> None:
    registry, log = home / REGISTRY_FILE, home / LOG_FOLDER
    counts = row_counts(con)
    behind = [t for t, rows in head.rows.items() if counts.get(t, 0) < rows]
    if behind:
        table = behind[0]
        raise RegistryError(
            f"{registry} has {counts.get(table, 0)} rows in {table}, but {log} has "
            f"{head.rows[table]}: the registry is an older copy or was replaced. `make restore` "
            "brings it to the newest state; or, to go on from the older one on purpose, move "
            f"{_existing(log, home / PUBLISHED_FOLDER)} away."
        )
    if head.commit and not registry_log.has_commit(con, head.commit):
        raise RegistryError(
            f"{registry} has another commit {head.commit.number} than {log}: they are not of one "
            "history. Bring back the one that belongs to the other; or, to go on from this "
            f"registry on purpose, move {_existing(log, home / PUBLISHED_FOLDER)} away."
        )


def _check_against_publication(
    con: duckdb.DuckDBPyConnection, home: Path, *, has_log: bool
) -> None:
    published = home / PUBLISHED_FOLDER / OPEN_FILE
    if not published.exists():
        return
    try:
        published_commit = _published_commit(con, published)
    except duckdb.Error as error:
        if has_log:
            # a client that opened it for writing must not keep a build from starting, and the log
            # is never behind a publication
            return
        way_out = f"Move {published.parent} away and build: it can be made again."
        raise RegistryError(cannot_open(published, error, way_out=way_out)) from None
    head = last_commit(con)
    if published_commit > head:
        raise RegistryError(
            f"{home / REGISTRY_FILE} ends at commit {head}, but {published} was made from commit "
            f"{published_commit}: the registry is an older copy or was replaced. Bring back the "
            f"newest copy of it, or of {LOG_FOLDER} and `make restore`; or, to go on from the "
            f"older one on purpose, move {published.parent} away."
        )


def _published_commit(con: duckdb.DuckDBPyConnection, published: Path) -> int:
    con.execute(f"attach {quoted(published)} as publication_check (read_only)")
    try:
        rows = con.execute("select commit_number from publication_check.main.build_info").fetchall()
    finally:
        con.execute("detach publication_check")
    return int(rows[0][0])


def _check_key(con: duckdb.DuckDBPyConnection, home: Path, key: IdKey) -> None:
    known = con.execute(
        f"select max_by(key_fingerprint, rowid) from {DATABASE}.main.registry_info"
    ).fetchall()[0][0]
    if known == key.fingerprint():
        return
    if known and last_commit(con) > 0:
        raise RegistryError(
            f"{home / REGISTRY_FILE} was minted with another id key than the one that "
            f"{KEY_VARIABLE} gives now: new GPIDs and all privacy tokens would come out different. "
            "Set the key that it was minted with; or, to start over with new ids on purpose, use "
            "another CUSTOMER360_HOME."
        )
    con.execute(
        f"insert into {DATABASE}.main.registry_info values (?, ?)",
        [datetime.now(UTC).replace(tzinfo=None), key.fingerprint()],
    )


def _existing(*paths: Path) -> str:
    return " and ".join(str(path) for path in paths if path.exists())
