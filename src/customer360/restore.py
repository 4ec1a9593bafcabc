"""Make the registry again from its log: `make restore`, or `python -m customer360.restore`."""

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer360 import build_lock, registry_checks, registry_log
from customer360.build_lock import BuildLockError
from customer360.durable import swap_in_database, wal_of
from customer360.registry import (
    DATABASE,
    REGISTRY_FILE,
    RegistryError,
    cannot_open,
    create_tables,
    last_commit,
    quoted,
    row_counts,
)
from customer360.registry_log import LOG_FOLDER, Entry


@dataclass(frozen=True)
class Restored:
    """What came out.

    Attributes:
        entries: how many entries of the log it was made from.
        last_commit: the registry's last commit; 0 when it has none.
        rows: how many rows each table has.
        former: where the registry is that was there before; none when there was none.

    """

    entries: int
    last_commit: int
    rows: dict[str, int]
    former: Path | None


def restore(home: Path, *, force: bool = False) -> Restored | None:
    """Put a registry in place that has every row of the log and no other.

    It is made as a new file, checked, and swapped in by one rename; the former file is kept beside
    it. Without `force` only a registry is replaced that is missing, torn or an older state of what
    is in the log.

    Returns:
        What was restored; nothing when the registry has what the log has.

    Raises:
        RegistryError: there is no log, it is damaged, or the registry is not to be replaced.
        BuildLockError: a build is at work.

    """
    entries = registry_log.entries(home)
    if not entries:
        raise RegistryError(
            f"{home / LOG_FOLDER} has no entries: there is nothing to restore from."
        )
    build_lock.hold(home, wait_seconds=0, tell=lambda _: None)
    try:
        final = home / REGISTRY_FILE
        if final.exists() and not force and not _is_replaceable(final, entries):
            return None
        new = final.with_name(f"{final.name}.new")
        new.unlink(missing_ok=True)
        wal_of(new).unlink(missing_ok=True)
        rows, commit = _make(new, entries)
        former = _set_aside(final) if final.exists() else None
        swap_in_database(new, final)
        return Restored(len(entries), commit, rows, former)
    finally:
        build_lock.release(home)


def _is_replaceable(registry: Path, entries: list[Entry]) -> bool:
    """Whether the log has what the registry has, and more; false when both have the same."""
    with duckdb.connect() as con:
        try:
            con.execute(f"attach {quoted(registry)} as {DATABASE} (read_only)")
            counts = row_counts(con)
        except duckdb.Error as error:
            if "Could not set lock" in str(error):
                raise RegistryError(cannot_open(registry, error, way_out="")) from None
            return True
        try:
            registry_checks.check_rows(con, registry)
        except RegistryError:
            return True
        commit = registry_log.last_commit(con)
        is_logged = commit is None or registry_log.is_logged(con, entries, commit)
    logged = entries[-1].rows
    ahead = [table for table, rows in counts.items() if rows > logged.get(table, 0)]
    if ahead or not is_logged:
        table = ", ".join(ahead) or "gpid_events"
        raise RegistryError(
            f"{registry} has rows in {table} that the log has not: it is newer, or of another"
            " history. If it is whole, build: the log catches up. To make it again from the log"
            " all the same, and lose those rows, use --force (make restore FORCE=1)."
        )
    return counts != {table: logged.get(table, 0) for table in counts}


def _make(path: Path, entries: list[Entry]) -> tuple[dict[str, int], int]:
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(path)} as {DATABASE}")
        create_tables(con)
        for entry in entries:
            for table in entry.checksums:
                file = quoted(entry.file(table))
                # a table that this version of the project no longer knows keeps its rows too
                con.execute(
                    f"create table if not exists {DATABASE}.main.{table} as"
                    f" from read_parquet({file}) limit 0"
                )
                con.execute(
                    f"insert into {DATABASE}.main.{table} by name from read_parquet({file})"
                )
            counts = row_counts(con)
            for table, rows in entry.rows.items():
                if counts.get(table, 0) != rows:
                    raise RegistryError(
                        f"{entry.folder}: {table} has {counts.get(table, 0)} rows up to here, but"
                        f" {rows} were logged. The log is damaged; bring it back from a copy."
                    )
        registry_checks.check_rows(con, path)
        commit = last_commit(con)
        con.execute(f"checkpoint {DATABASE}")
        con.execute(f"detach {DATABASE}")
    return counts, commit


def _set_aside(registry: Path) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = registry.with_name(f"{registry.name}.replaced-{moment}")
    if wal_of(registry).exists():
        wal_of(registry).rename(wal_of(aside))
    registry.rename(aside)
    return aside


def main(arguments: list[str]) -> int:
    """Restore, and print what was restored."""
    parser = argparse.ArgumentParser(
        prog="python -m customer360.restore",
        description="Make registry.duckdb in CUSTOMER360_HOME again from registry_log beside it.",
    )
    parser.add_argument(
        "--force", action="store_true", help="also over a registry that is whole, newer or other"
    )
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("CUSTOMER360_HOME", "data"))
    try:
        restored = restore(home, force=options.force)
    except (RegistryError, BuildLockError) as error:
        print(error, file=sys.stderr)
        return 1
    registry = home / REGISTRY_FILE
    if restored is None:
        print(f"{registry} has everything that its log has: nothing to restore.")
        return 0
    print(
        f"{registry} was made again from {restored.entries} entries of {home / LOG_FOLDER},"
        f" up to commit {restored.last_commit}:"
    )
    for table, rows in restored.rows.items():
        print(f"  {table}: {rows:,} rows")
    if restored.former:
        print(f"The former file is kept as {restored.former}.")
    print("The next build goes on from there.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
