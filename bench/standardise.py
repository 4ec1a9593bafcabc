"""Seconds that standardising a fresh base takes, and how much of them no cleaning could save.

The records go through the project's own models, run by dbt as in a build; what is timed is from the
start of the first model to the end of the last. Beside it, in the same run, the *floor*: the same
compiled SQL with functions that hand their input through, that is scanning, finding the distinct
values, joining and writing. The ratio says more than the seconds on another machine.

Each model is also run alone, with and without its functions, for the rates per field. On a machine
that does other work, wall clock says little: the processor time then bounds what two free cores
need.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.table import Table

from bench import fresh_records
from customer360.standardise import udfs

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = "int_party_records"
MODELS = (
    "int_person_names",
    "int_organization_names",
    "int_emails",
    "int_phones",
    "int_addresses",
    "int_birth_dates",
    "int_party_record_contacts",
    "int_party_records_standardised",
)

# functions of the same shape that clean nothing
FLOOR = f"""
create temp macro person_name(full_name, given, family, reading) as cast(
    {{
        'family': coalesce(family, full_name), 'given': given, 'family_script': 'latin',
        'given_script': 'latin', 'family_keys': [family], 'given_keys': [given],
        'given_nickname_keys': [given], 'is_order_known': true
    }} as {udfs.PERSON_NAME}
);
create temp macro email(value) as cast(
    {{
        'address': value, 'local': value, 'domain': value, 'is_role': false,
        'family_keys': [value], 'given_keys': [value]
    }} as {udfs.EMAIL}
);
create temp macro phone(value, country_code) as value;
create temp macro address(street, locality, region, postal_code, country_code) as cast(
    {{
        'country_code': country_code, 'postal_code': postal_code, 'region': region,
        'locality': locality, 'street': street, 'number': street
    }} as {udfs.ADDRESS}
);
create temp macro birth_date(value) as try_cast(value as date);
create temp macro organization_name(value) as cast(
    {{'name': value, 'legal_form': null, 'keys': [value]}} as {udfs.ORGANIZATION_NAME}
);
create temp macro country(value) as value;
"""


@dataclass(frozen=True)
class Row:
    """One model, run alone: its rows, its seconds, and the seconds without its functions."""

    model: str
    rows: int
    seconds: float
    floor_seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.standardise", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the databases there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="customer360-bench-") as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        landing = folder / "landing" / "files"
        landing.mkdir(parents=True, exist_ok=True)
        fresh_records.write(landing / "party_records.parquet", options.records)
        run_models(folder, f"+{SOURCE}")
        before = cpu_seconds()
        results = run_models(folder, *MODELS)
        cpu = cpu_seconds() - before
        alone = measure_alone(folder, {r.node.name: r.node.compiled_code for r in results})
    Console().print(report(options.records, alone))
    floor = sum(row.floor_seconds for row in alone)
    Console().print(
        f"together, as dbt runs them: {elapsed(results):.1f} s;"
        f" floor {floor:.1f} s; ratio {elapsed(results) / floor:.1f};"
        f" {cpu:.1f} s of processor time, dbt's own included"
    )


def cpu_seconds() -> float:
    """Processor time of this process and of its workers, which end here to be counted."""
    udfs.WORKERS.close()
    return sum(os.times()[:4])


def run_models(folder: Path, *models: str) -> list[RunResult]:
    """`dbt run` of the models in the folder, in this process.

    Raises:
        RuntimeError: with the messages of the models that failed.

    """
    command = [
        *("--quiet", "run", "--select", *models),
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--vars", "{systems: [files]}"),
    ]
    os.environ["CUSTOMER360_LANDING"] = str(folder / "landing")
    os.environ["CUSTOMER360_HOME"] = str(folder / "home")
    outcome = dbtRunner().invoke(command)
    # otherwise the warehouse stays open until the next command or the end of the process
    DuckDBConnectionManager.close_all_connections()
    if not isinstance(outcome.result, RunExecutionResult):
        raise RuntimeError("dbt run failed") from outcome.exception
    results = list(outcome.result.results)
    if not outcome.success:
        raise RuntimeError("; ".join(f"{r.node.name}: {r.message}" for r in results))
    return results


def elapsed(results: Sequence[RunResult]) -> float:
    """Seconds from the start of the first model to the end of the last."""
    spans = [span for result in results for span in result.timing if span.name == "execute"]
    first = min(span.started_at for span in spans if span.started_at is not None)
    last = max(span.completed_at for span in spans if span.completed_at is not None)
    return (last - first).total_seconds()


def measure_alone(folder: Path, compiled: Mapping[str, str]) -> list[Row]:
    """Each model's SQL by itself on the same records, with and without its functions."""
    rows = []
    for model in MODELS:
        seconds = {}
        for is_floor in (True, False):
            with duckdb.connect(str(folder / "home" / "warehouse.duckdb")) as con:
                con.execute("set preserve_insertion_order = false")
                con.execute("set enable_progress_bar = false")
                if is_floor:
                    con.execute(FLOOR)
                else:
                    udfs.register(con)
                started = time.perf_counter()
                con.execute(f"create table alone as {compiled[model]}")
                seconds[is_floor] = time.perf_counter() - started
                count = int(con.execute("select count(*) from alone").fetchall()[0][0])
                con.execute("drop table alone")
        rows.append(Row(model, count, seconds[False], seconds[True]))
    return rows


def report(records: int, rows: Sequence[Row]) -> Table:
    """The models as a table to print."""
    table = Table(title=f"Standardising {records:,} fresh records, each model alone")
    table.add_column("model", no_wrap=True)
    for name in ("rows", "seconds", "rows/s", "floor", "ratio"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for row in rows:
        table.add_row(
            row.model,
            f"{row.rows:,}",
            f"{row.seconds:.2f}",
            f"{row.rows / row.seconds:,.0f}",
            f"{row.floor_seconds:.2f}",
            f"{row.seconds / row.floor_seconds:.1f}",
        )
    return table


if __name__ == "__main__":
    main()
