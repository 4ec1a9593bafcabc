"""Write everything that is held about one party: `make access-request SUBJECT=…`.

The subject is a GPID, also a retired one, or a record key. Where the export answers a request of
seeds/privacy_requests.csv, its id alone says whom it is about.
"""

import argparse
import os
import shutil
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from customer360 import access, build_lock, erasure, landing, registry_log
from customer360.access import ACCESS_FOLDER, PAGE, AccessError, Subject
from customer360.build_lock import BuildLockError
from customer360.diff_report import say
from customer360.keys import IdKey, IdKeyError
from customer360.landing import LandingError
from customer360.registry import (
    DATABASE,
    REGISTRY_FILE,
    WAREHOUSE_FILE,
    RegistryError,
    quoted,
)
from customer360.settings import Settings, SettingsError
from customer360_dbt.diff import add_dbt_options
from customer360_dbt.dry_run import home_folder, settings_of
from customer360_dbt.erase import check

WITHOUT_REQUEST = "without a request"
DONE, FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Write the export, enter it in the audit, and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.access", description=__doc__)
    add_dbt_options(parser)
    parser.add_argument("subject", nargs="?", help="a GPID or a record key")
    parser.add_argument("--request", metavar="ID", help="the request that this answers")
    options = parser.parse_args(arguments)
    console = Console()
    landing_folder = Path(os.environ.get("CUSTOMER360_LANDING", "landing/demo"))
    try:
        folder = export(
            home_folder(),
            landing_folder,
            options.vars,
            subject=options.subject or None,
            request_id=options.request or None,
            console=console,
        )
    except (
        *(AccessError, SettingsError, IdKeyError, RegistryError, BuildLockError, LandingError),
    ) as error:
        print(error, file=sys.stderr)
        return FAILED
    say(console, f"{folder / PAGE} (personal data, readable by you only)")
    return DONE


def export(
    home: Path,
    landing_folder: Path,
    variables: Mapping[str, Any],
    *,
    subject: str | None,
    request_id: str | None,
    console: Console,
) -> Path:
    """Write the folder of one party under the build lock, and enter that in the audit.

    Raises:
        AccessError: nothing can be written, and nothing was.

    """
    settings = settings_of(variables)
    key = IdKey.from_environment(os.environ, allow_development_key=True)
    for file in (REGISTRY_FILE, WAREHOUSE_FILE):
        if not (home / file).exists():
            raise AccessError(f"{home} has no {file}: build first (make build).")
    with build_lock.held(
        home,
        wait_seconds=settings.wait_for_other_build_seconds,
        tell=lambda text: say(console, text),
    ):
        check(home, key)
        with erasure.opened(home) as con:
            whom = access.find_subject(con, key, subject=subject, request_id=request_id)
            say(console, f"{whom.asked_as} is {whom.gpid}; reading the warehouse and the extracts")
            with duckdb.connect() as extracts:
                read_extracts(extracts, home, landing_folder, settings, key)
                tables = access.collect(
                    con, extracts, whom, project=Path.cwd(), systems=settings.systems
                )
            ((records,),) = con.execute("select count(*) from its_records").fetchall()
        folder = home / ACCESS_FOLDER / whom.gpid
        access.write(folder, whom, tables, at=access.now())
        rows = sum(len(table.rows) for table in tables)
        try:
            _enter(home, whom, settings, records=records, tables=len(tables), rows=rows)
        except BaseException:
            # what nobody can see in the audit must not have been written
            shutil.rmtree(folder)
            raise
    say(console, f"{rows:,} rows of {len(tables)} tables about {records} records")
    return folder


def read_extracts(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    landing_folder: Path,
    settings: Settings,
    key: IdKey,
) -> None:
    """The extracts as they are now, in memory, as a build would read them."""
    con.execute("set enable_progress_bar = false")
    con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE} (read_only)")
    key.register_tokens(con)
    erasure.prepare_cursor(con)
    landing.prepare(
        con,
        landing=landing_folder,
        project=Path.cwd(),
        systems=settings.systems,
        instances=settings.instances,
        deliveries=landing.Deliveries(home, settings.deliveries),
        has_erasures=erasure.has_erasures(con),
    )


def _enter(
    home: Path, whom: Subject, settings: Settings, *, records: int, tables: int, rows: int
) -> None:
    run_id = str(uuid.uuid4())
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE}")
        erasure.audit(
            con,
            whom.request_id or WITHOUT_REQUEST,
            "exported",
            gpid=whom.gpid,
            records=records,
            detail=f"{rows} rows of {tables} tables were written out",
            actor=settings.actor,
            run_id=run_id,
        )
        registry_log.append(con, home, run_id=run_id)
        con.execute(f"detach {DATABASE}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
