"""Look at the extracts before a build does: `python -m customer360_dbt.expect`.

Exit code 1 when an extract is so far from what is expected that a build should not start.
"""

import argparse
import os
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
from rich.console import Console

from customer360 import landing
from customer360.expectations.checkpoint import (
    DATA_DOCS_FOLDER,
    Finding,
    Terms,
    run_checkpoint,
)
from customer360.landing.expectation_results import EXPECTATIONS_FOLDER, add_run
from customer360.landing.spec import load_system
from customer360.registry import WAREHOUSE_FILE
from customer360.settings import Settings, SettingsError
from customer360_dbt.diff import add_dbt_options
from customer360_dbt.dry_run import DryRunError, empty_home, home_folder, settings_of

_RUNS_COMPARED = 5


def main(arguments: Sequence[str]) -> int:
    """Run the checkpoint; 0 when a build may start, 1 when an extract stops it."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.expect", description=__doc__)
    add_dbt_options(parser)
    options = parser.parse_args(arguments)
    home = home_folder()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    now = datetime.now(UTC).replace(tzinfo=None)
    try:
        findings = check_landing(
            settings_of(options.vars),
            project=Path.cwd(),
            folder=Path(os.environ.get("CUSTOMER360_LANDING", "landing/demo")),
            home=home,
            now=now,
            console=console,
        )
    except (DryRunError, SettingsError, landing.LandingError) as error:
        print(error, file=sys.stderr)
        return 1
    add_run(home, [each.result for each in findings])
    return tell(findings, home, console)


def check_landing(
    settings: Settings,
    *,
    project: Path,
    folder: Path,
    home: Path,
    now: datetime,
    console: Console,
) -> list[Finding]:
    """What every expectation of the connected systems' extracts comes to.

    The extracts are read into a file of their own that is removed afterwards: what a build keeps of
    them, it keeps itself.
    """
    (home / EXPECTATIONS_FOLDER).mkdir(parents=True, exist_ok=True)
    with (
        empty_home(home, settings, console) as scratch,
        duckdb.connect(str(scratch / "extracts.duckdb")) as con,
    ):
        con.execute("set TimeZone = 'UTC'")
        landing.prepare(
            con,
            landing=folder,
            project=project,
            systems=settings.systems,
            instances=settings.instances,
            deliveries=landing.Deliveries(scratch, {"default": landing.Delivery.SNAPSHOT}),
            accepted={"*/*/*": "the build looks at changes itself"},
            now=now,
        )
        return run_checkpoint(
            con,
            [load_system(project, system) for system in settings.systems],
            home=home,
            run_id=uuid.uuid4().hex[:12],
            now=now,
            terms=_terms(con, settings, home),
        )


def _terms(con: duckdb.DuckDBPyConnection, settings: Settings, home: Path) -> Terms:
    sources = con.execute("from landing_raw.extracts").fetchall()
    how = landing.Deliveries(home, settings.deliveries)
    return Terms(
        former_records=_former_records(home),
        changing=frozenset(source for source in sources if how.are_changes(source)),
        max_age_days={
            source: _first_match("/".join(source), settings.max_extract_age_days)
            for source in sources
        },
    )


def _first_match(place: str, by_pattern: dict[str, float]) -> float:
    for pattern, value in by_pattern.items():
        if fnmatchcase(place, pattern):
            return value
    return by_pattern["default"]


def _former_records(home: Path) -> dict[tuple[str, str, str], list[int]]:
    """The numbers of records in the last complete builds; none where there was no build."""
    warehouse = home / WAREHOUSE_FILE
    if not warehouse.exists():
        return {}
    found: dict[tuple[str, str, str], list[int]] = {}
    try:
        with duckdb.connect(str(warehouse), read_only=True) as con:
            for system, instance, name, records in con.execute(
                "select source_system, source_instance, source_object, records"
                " from landing_raw.built_extracts"
                " qualify row_number() over ("
                "partition by source_system, source_instance, source_object order by build desc"
                f") <= {_RUNS_COMPARED}"
            ).fetchall():
                found.setdefault((system, instance, name), []).append(records)
    except (duckdb.CatalogException, duckdb.BinderException):
        # of a version that did not count them
        return {}
    return found


def tell(findings: Sequence[Finding], home: Path, console: Console) -> int:
    """Print what is not as expected and where the pages are; 1 when a build should not start."""
    unmet = [each for each in findings if not each.result.is_met]
    stopping = [each for each in unmet if each.result.severity == "stop"]
    for each in sorted(unmet, key=lambda each: each.result.severity):
        result = each.result
        what = f"{result.source}{f', {result.column_name}' if result.column_name else ''}"
        how_many = (
            f"{result.unexpected_rows:,} of {result.checked_rows:,} rows are not as expected"
            if result.unexpected_rows is not None and result.checked_rows is not None
            else f"found: {result.observed}"
            if result.observed
            else "it is not"
        )
        console.print(f"{result.severity:4}  {what}: {result.expected}; {how_many}.", markup=False)
        if each.examples:
            console.print(f"      For example: {'; '.join(each.examples)}.", markup=False)
    pages = home / EXPECTATIONS_FOLDER / DATA_DOCS_FOLDER / "index.html"
    console.print(
        f"{len(findings) - len(unmet)} of {len(findings)} expectations of the extracts are met"
        f" (warnings: {len(unmet) - len(stopping)}, reasons to stop: {len(stopping)}); {pages}",
        markup=False,
    )
    if stopping:
        console.print(
            "The build was not started, and nothing has changed. Have the extract delivered again;"
            " or, if it is right, build it with make build SKIP_EXPECTATIONS=1: the numbers of that"
            " build are what the next delivery is compared with. An expectation that is wrong for"
            " your systems is a line in src/customer360/expectations/suites.py.",
            markup=False,
        )
    return 1 if stopping else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
