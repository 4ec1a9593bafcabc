"""Carry out the open requests for erasure: `make erase`, or `python -m customer360_dbt.erase`.

The registry forgets the parties in one commit, everything else is built anew without them, and then
every file is searched for what only they said. A run that was interrupted goes on where it stopped.
"""

import argparse
import csv
import os
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from customer360 import build_lock, erasure, registry_checks, registry_log
from customer360.access import ACCESS_FOLDER
from customer360.build_lock import BuildLockError
from customer360.diff_report import say
from customer360.durable import swap_in_database
from customer360.erasure import Erased
from customer360.identity_diff import DIFF_FOLDER
from customer360.keys import IdKey, IdKeyError
from customer360.landing.redaction import kept_files, redact
from customer360.landing.spec import load_system
from customer360.registry import (
    DATABASE,
    REGISTRY_FILE,
    WAREHOUSE_FILE,
    RegistryError,
    quoted,
)
from customer360.remains import find_remains
from customer360.report import REPORT_FILE
from customer360.scratch import SCRATCH_FOLDER
from customer360.settings import SettingsError
from customer360_dbt.diff import add_dbt_options
from customer360_dbt.dry_run import Build, DryRunError, home_folder, run_dbt, settings_of

REQUESTS = Path("seeds/privacy_requests.csv")
DONE, FAILED = 0, 1
# what builds, reports and dry runs leave in a home, and make again
_MADE_AGAIN = (
    f"{WAREHOUSE_FILE}?*",
    f"{REGISTRY_FILE}.*",
    DIFF_FOLDER,
    SCRATCH_FOLDER,
    REPORT_FILE,
    ACCESS_FOLDER,
    "published/*.new*",
)
# what the warehouse knows of former builds; it names nobody
_HISTORIES = (
    "main.build_runs",
    "landing_raw.built_columns",
    "landing_raw.built_extracts",
    "marts.identity_health",
    "marts.source_reconciliation_history",
    "marts.quarantine_first_seen",
)


class EraseError(RuntimeError):
    """The requests cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True)
class _Request:
    request_id: str
    subject: str
    gpid: str | None
    records: int | None
    status: str
    weakest_link: float | None


def main(arguments: Sequence[str], *, build: Build | None = None) -> int:
    """Erase, build, search, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.erase", description=__doc__)
    add_dbt_options(parser)
    options = parser.parse_args(arguments)
    console = Console()
    try:
        _erase(home_folder(), options.vars, build or run_dbt(options.target), console)
    except (
        *(EraseError, DryRunError, SettingsError, IdKeyError, RegistryError, BuildLockError),
    ) as error:
        print(error, file=sys.stderr)
        return FAILED
    return DONE


def _erase(home: Path, variables: Mapping[str, Any], build: Build, console: Console) -> None:
    settings = settings_of(variables)
    key = IdKey.from_environment(os.environ, allow_development_key=True)
    run_id = str(uuid.uuid4())
    if not (home / REGISTRY_FILE).exists():
        raise EraseError(f"{home} has no registry: nothing was ever built there.")
    build_lock.hold(home, wait_seconds=0, tell=lambda _: None)
    try:
        check(home, key)
        requests = _requests(home)
        _print(requests, console)
        started = [each for each in requests if each.status == "started"]
        asked = [each for each in requests if each.status == "open"]
        if not started and not asked:
            return
        parties: list[Erased] = []
        if asked:
            with erasure.opened(home) as con:
                parties = [
                    erasure.find(con, _ids_of(gpid, asked), gpid)
                    for gpid in dict.fromkeys(str(each.gpid) for each in asked)
                ]
            say(console, f"{_counted(parties)} leave the registry ...")
            erasure.erase(home, key, parties, actor=settings.actor, run_id=run_id)
            _forget_subjects(asked)
        else:
            erasure.rewrite_log(home, run_id=run_id)
        _redact_deliveries(home, key)
        _start_warehouse_anew(home)
        _remove_what_is_made_again(home)
    finally:
        build_lock.release(home)
    say(console, "building everything else anew, without them ...")
    build(home, variables)
    texts = frozenset(text for party in parties for text in party.identifiers)
    say(console, "searching every file for what can only mean them ...")
    remains = [*find_remains(_searched(home), texts), *_named_in_seeds(home, key)]
    if remains:
        lines = "\n".join(f"  - {each}" for each in remains)
        raise EraseError(
            "The registry and the marts have forgotten them, but they are still found in:\n"
            f"{lines}\nTake them out there (a line of a seed about an erased record has no use any"
            " more) and run make erase again."
        )
    for each in (*started, *asked):
        _verified(home, each, is_searched=each in asked, actor=settings.actor, run_id=run_id)
    build(home, variables, "--select", "privacy_audit+")
    say(
        console,
        f"done: {len(started) + len(asked)} requests. Extracts that still deliver these people are"
        " passed over (source_reconciliation.suppressed). Copies of the home folder that were made"
        f" elsewhere still hold them until they expire, in {settings.backup_retention_days} days"
        " (backup_retention_days).",
    )


def check(home: Path, key: IdKey) -> None:
    """The registry is whole, and of this key: with another one the tokens would be others."""
    registry_checks.check_files(home)
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE}")
        registry_checks.check_registry(con, home, key)
        con.execute(f"detach {DATABASE}")


def _requests(home: Path) -> list[_Request]:
    try:
        with erasure.opened(home) as con:
            rows = con.execute(
                "select request_id, subject, gpid, record_count, status, weakest_link_weight"
                " from marts.privacy_request_status where kind = 'erasure' order by request_id"
            ).fetchall()
            known = con.execute("select request_id from marts.privacy_request_status").fetchall()
    except duckdb.Error:
        rows, known = _started(home), []
        if not rows:
            raise EraseError(
                f"{home} has no build that knows of requests: build first (make build)."
            ) from None
        return [_Request(*row) for row in rows]
    unknown = [r["request_id"] for r in _seed() if (r["request_id"],) not in known]
    if unknown:
        raise EraseError(
            f"{REQUESTS} has requests that the last build has not seen: {', '.join(unknown)}."
            " Build first (make build), look at privacy_request_status, and run this again."
        )
    return [_Request(*row) for row in rows]


def _started(home: Path) -> list[tuple[Any, ...]]:
    """What an interrupted run left to do, when it also left no warehouse."""
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE} (read_only)")
        return con.execute(
            f"""
            select request_id, max(gpid), max(gpid), max(record_count), 'started', null
            from {DATABASE}.main.privacy_audit
            group by request_id
            having bool_or(action = 'erased') and not bool_or(action = 'verified')
            order by request_id
            """
        ).fetchall()


def _seed() -> list[dict[str, str]]:
    if not REQUESTS.exists():
        return []
    with REQUESTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _print(requests: Sequence[_Request], console: Console) -> None:
    if not requests:
        say(console, f"there are no requests for erasure in {REQUESTS}, nor from a tool.")
        return
    table = Table("request", "party", "records", "weakest link", "status", box=None)
    for each in requests:
        link = "" if each.weakest_link is None else f"{each.weakest_link:.1f} bits"
        records = "" if each.records is None else f"{each.records:,}"
        table.add_row(each.request_id, each.gpid or "", records, link, each.status)
    console.print(table)
    for each in requests:
        if each.status == "needs confirmation":
            say(
                console,
                f"{each.request_id}: the party hangs together weakly, or contradicts itself:"
                " erasing it may erase somebody else. Look at its records (make explain"
                f" A={each.gpid}), part them if they are two people (seeds/steward_decisions.csv),"
                f" or put your name in confirmed_by in {REQUESTS}, and build.",
            )
        if each.status == "on hold":
            say(
                console,
                f"{each.request_id}: a hold keeps the party from being erased (party_suppression);"
                " it has to end first.",
            )
        if each.status == "unknown subject":
            say(
                console,
                f"{each.request_id}: no record and no party is called as its subject says.",
            )


def _ids_of(gpid: str, requests: Sequence[_Request]) -> list[str]:
    return [each.request_id for each in requests if each.gpid == gpid]


def _counted(parties: Sequence[Erased]) -> str:
    records = sum(len(party.records) for party in parties)
    return f"{len(parties)} parties of {records} records"


def _forget_subjects(requests: Sequence[_Request]) -> None:
    """In the seed, the GPID stands for who was erased: it names nobody."""
    rows = _seed()
    gpids = {each.request_id: each.gpid for each in requests}
    if not any(row["request_id"] in gpids for row in rows):
        return
    for row in rows:
        row["subject"] = gpids.get(row["request_id"]) or row["subject"]
    new = REQUESTS.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(REQUESTS)


def _redact_deliveries(home: Path, key: IdKey) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE} (read_only)")
        key.register_tokens(con)
        erasure.prepare_cursor(con)
        for path, source in kept_files(home):
            redact(con, path, source, load_system(Path.cwd(), source[0]), everywhere=True)


def _start_warehouse_anew(home: Path) -> None:
    """Leave nothing of the warehouse but the history of builds, in a new file."""
    path = home / WAREHOUSE_FILE
    if not path.exists():
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(path)} as former")
        con.execute(f"attach {quoted(new)} as anew")
        known = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'former'"
        ).fetchall()
        for table in _HISTORIES:
            if (table,) in known:
                con.execute(f"create schema if not exists anew.{table.partition('.')[0]}")
                con.execute(f"create table anew.{table} as from former.{table}")
        con.execute("checkpoint anew")
        con.execute("detach anew")
        con.execute("detach former")
    swap_in_database(new, path)


def _remove_what_is_made_again(home: Path) -> None:
    for pattern in _MADE_AGAIN:
        for path in home.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in ("target", "logs"):
        shutil.rmtree(folder, ignore_errors=True)


def _named_in_seeds(home: Path, key: IdKey) -> Iterator[str]:
    """Lines of seeds that name whoever was ever erased, known by the tokens."""
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE} (read_only)")
        tokens = {
            token
            for (token,) in con.execute(
                f"select token from {DATABASE}.main.erasures where kind in ('record', 'value')"
            ).fetchall()
        }
    for path in sorted(Path("seeds").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                if any(key.token(cell.strip()) in tokens for cell in row):
                    yield f"{path}, line {number}"


def _searched(home: Path) -> Iterator[Path]:
    """Every file that this project wrote or reads from its own folders; extracts are not ours."""
    for folder in (home, Path("target"), Path("logs"), Path("seeds")):
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _verified(home: Path, request: _Request, *, is_searched: bool, actor: str, run_id: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE}")
        erasure.audit(
            con,
            request.request_id,
            "verified",
            gpid=str(request.gpid),
            records=request.records or 0,
            detail="built without its records; no file has them"
            if is_searched
            else "built without its records; a second run, so only seeds were searched",
            actor=actor,
            run_id=run_id,
        )
        registry_log.append(con, home, run_id=run_id)
        con.execute(f"detach {DATABASE}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
