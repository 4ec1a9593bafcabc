"""Seconds that standardising a fresh base takes, and how much of them no cleaning could save.

The records go through the project's own models, run by dbt as in a build; what is timed is from the
start of the first model to the end of the last. Beside it, in the same run, the *floor*: the same
compiled SQL with functions that hand their input through, that is scanning, finding the distinct
values, joining and writing. The ratio says more than the seconds on another machine.

On a machine that does other work, wall clock says little: the processor time then bounds what two
free cores need. Each model is also run alone in this one process, with and without its functions,
and the processor time of that is its cost.
"""

import argparse
import gc
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
from dbt.contracts.graph.nodes import ModelNode
from rich.console import Console
from rich.table import Table

from bench import fresh_records
from customer360.standardise import udfs
from customer360.standardise.workers import Workers

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = "int_party_records"
SEEDS = ("placeholder_values", "organization_aliases")
MODELS = (
    "int_placeholder_values",
    "int_person_names",
    "int_organization_names",
    "int_emails",
    "int_phones",
    "int_addresses",
    "int_birth_dates",
    "int_party_record_contacts",
    "int_name_readings",
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
    """One model, run alone: its rows, and its seconds with and without its functions."""

    model: str
    rows: int
    cpu_seconds: float
    floor_cpu_seconds: float
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
        run_dbt(folder, "run", f"+{SOURCE}")
        run_dbt(folder, "seed", *SEEDS)
        before = cpu_seconds()
        results = run_dbt(folder, "run", *MODELS)
        cpu = cpu_seconds() - before
        alone = measure_alone(folder, {r.node.name: compiled_code(r) for r in results})
    Console().print(report(options.records, alone))
    floor = sum(row.floor_seconds for row in alone)
    floor_cpu = sum(row.floor_cpu_seconds for row in alone)
    Console().print(
        f"together, as dbt runs them: {elapsed(results):.1f} s; floor {floor:.1f} s\n"
        f"processor time, dbt's own and the workers' included: {cpu:.1f} s;"
        f" floor {floor_cpu:.1f} s; ratio {cpu / floor_cpu:.1f}"
    )


def cpu_seconds() -> float:
    """Processor time of this process and of its workers, which end here to be counted."""
    udfs.WORKERS.close()
    return sum(os.times()[:4])


def run_dbt(folder: Path, command: str, *nodes: str) -> list[RunResult]:
    """The command on the nodes in the folder, in this process.

    Raises:
        RuntimeError: with the messages of the nodes that failed.

    """
    arguments = [
        *("--quiet", command, "--select", *nodes),
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--vars", "{systems: [files]}"),
    ]
    os.environ["CUSTOMER360_LANDING"] = str(folder / "landing")
    os.environ["CUSTOMER360_HOME"] = str(folder / "home")
    outcome = dbtRunner().invoke(arguments)
    # otherwise the warehouse stays open until the next command or the end of the process
    DuckDBConnectionManager.close_all_connections()
    if not isinstance(outcome.result, RunExecutionResult):
        raise RuntimeError(f"dbt {command} failed") from outcome.exception
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


def compiled_code(result: RunResult) -> str:
    """The SQL of a model that ran."""
    assert isinstance(result.node, ModelNode)
    assert result.node.compiled_code is not None
    return result.node.compiled_code


def measure_alone(folder: Path, compiled: Mapping[str, str]) -> list[Row]:
    """Each model's SQL by itself in this process, with and without its functions."""
    # as in the workers
    gc.disable()
    rows = []
    for model in MODELS:
        seconds, cpu = {}, {}
        for is_floor in (True, False):
            with duckdb.connect(str(folder / "home" / "warehouse.duckdb")) as con:
                con.execute("set preserve_insertion_order = false")
                con.execute("set enable_progress_bar = false")
                if is_floor:
                    con.execute(FLOOR)
                else:
                    udfs.register(con, workers=Workers(0))
                started, cpu_started = time.perf_counter(), time.process_time()
                con.execute(f"create table alone as {compiled[model]}")
                seconds[is_floor] = time.perf_counter() - started
                cpu[is_floor] = time.process_time() - cpu_started
                count = int(con.execute("select count(*) from alone").fetchall()[0][0])
                con.execute("drop table alone")
        rows.append(Row(model, count, cpu[False], cpu[True], seconds[True]))
    return rows


def report(records: int, rows: Sequence[Row]) -> Table:
    """The models as a table to print."""
    table = Table(title=f"Standardising {records:,} fresh records, each model alone")
    table.add_column("model", no_wrap=True)
    for name in ("rows", "CPU s", "rows/CPU s", "floor", "ratio"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for row in rows:
        table.add_row(
            row.model,
            f"{row.rows:,}",
            f"{row.cpu_seconds:.2f}",
            f"{row.rows / row.cpu_seconds:,.0f}",
            f"{row.floor_cpu_seconds:.2f}",
            f"{row.cpu_seconds / row.floor_cpu_seconds:.1f}",
        )
    return table


if __name__ == "__main__":
    main()
