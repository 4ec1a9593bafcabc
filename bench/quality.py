"""Precision and recall on data with known truth: this project beside Splink's own expert set-up."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pandas as pd
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.table import Table

from bench import splink_expert
from bench.febrl import LOADERS, TruthSet, load
from customer360.evaluation import PartitionQuality, compare_partitions
from customer360.matching.blocking import blocking_keys
from customer360.matching.model import PartyType
from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER

REPORT_WIDTH = 120
WAREHOUSE_FILE = "warehouse.duckdb"
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Row:
    """One line of the report.

    Attributes:
        data: the set.
        method: who matched it.
        records: records in it.
        pairs_scored: pairs that were compared at all.
        precision, recall, f1: pairwise, after clustering.
        b_cubed_f1: B-cubed F1, after clustering.
        false_pairs, missed_pairs: the pairwise errors as counts.
        seconds: time taken; README.md says what is in it.

    """

    data: str
    method: str
    records: int
    pairs_scored: int
    precision: float
    recall: float
    f1: float
    b_cubed_f1: float
    false_pairs: int
    missed_pairs: int
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help=f"{', '.join(LOADERS)}; default: all"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="build there and leave the files for a look"
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.sets) - set(LOADERS))
    if unknown:
        parser.error(f"unknown set {', '.join(unknown)}; there are {', '.join(LOADERS)}")
    rows = []
    with _folder(options.keep) as folder:
        for name in options.sets or LOADERS:
            truth_set = load(name)
            rows.append(measure_project(truth_set, folder / name))
            rows.append(measure_splink(truth_set))
    console = Console()
    console.width = max(console.width, REPORT_WIDTH)
    console.print(report(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def measure_project(truth_set: TruthSet, folder: Path) -> Row:
    """Build the set in the folder with the shipped settings and compare the published bridge.

    Raises:
        RuntimeError: when the build fails.

    """
    landing, home = folder / "landing", folder / "home"
    write_landing(truth_set, landing)
    started = time.perf_counter()
    build(landing=landing, home=home, work=folder)
    seconds = time.perf_counter() - started
    with duckdb.connect(str(home / PUBLISHED_FOLDER / OPEN_FILE), read_only=True) as con:
        register_truth(con, truth_set)
        quality = compare_partitions(
            con,
            predicted=con.sql(
                "select record_key, gpid as party_id from bridge_party_source where is_current"
            ),
            truth="truth",
        )
    return _row(truth_set, "customer360", quality, _candidate_count(home), seconds)


def measure_splink(truth_set: TruthSet) -> Row:
    """Run Splink's expert set-up on the same records."""
    run = splink_expert.run(truth_set)
    con = duckdb.connect()
    register_truth(con, truth_set)
    con.register("found", run.partition.to_arrow_table())
    quality = compare_partitions(
        con,
        predicted=con.sql(
            "select 'files/' || source_instance || '/party/' || rec_id as record_key, party_id"
            " from found"
        ),
        truth="truth",
    )
    return _row(truth_set, "splink expert", quality, run.pairs_scored, run.seconds)


def party_records(truth_set: TruthSet) -> pd.DataFrame:
    """The set as a flat party file: each FEBRL column where its meaning belongs."""
    return pd.concat(
        pd.DataFrame(
            {
                "source_instance": instance,
                "source_key": file["rec_id"],
                "given_name": file["given_name"],
                "family_name": file["surname"],
                "birth_date": file["date_of_birth"],
                "street_address": _joined(file[["street_number", "address_1", "address_2"]]),
                "locality": file["suburb"],
                "region": file["state"],
                "postal_code": file["postcode"],
                "country_code": "AU",
                "national_identifier": file["soc_sec_id"],
            }
        )
        for instance, file in truth_set.files.items()
    )


def write_landing(truth_set: TruthSet, landing: Path) -> None:
    """Write the set where the files adapter looks for it."""
    folder = landing / "files"
    folder.mkdir(parents=True, exist_ok=True)
    party_records(truth_set).to_csv(folder / "party_records.csv", index=False)


def build(*, landing: Path, home: Path, work: Path) -> None:
    """Run `dbt build` for the files adapter in this process.

    Raises:
        RuntimeError: with the messages of the nodes that failed.

    """
    command = [
        "--quiet",
        "build",
        *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(work / "target"), "--log-path", str(work / "logs")),
        *("--vars", "{systems: [files]}"),
    ]
    with _environment(CUSTOMER360_LANDING=str(landing), CUSTOMER360_HOME=str(home)):
        outcome = dbtRunner().invoke(command)
        # otherwise the warehouse stays open until the next build or the end of the process
        DuckDBConnectionManager.close_all_connections()
    if outcome.success:
        return
    if not isinstance(outcome.result, RunExecutionResult):
        raise RuntimeError("dbt build failed") from outcome.exception
    failed = [r for r in outcome.result.results if r.status in ("error", "fail")]
    raise RuntimeError("; ".join(f"{r.node.name}: {r.message}" for r in failed))


def register_truth(con: duckdb.DuckDBPyConnection, truth_set: TruthSet) -> None:
    """Create the temporary table `truth`: `record_key, party_id`."""
    con.execute("create or replace temp table truth (record_key varchar, party_id varchar)")
    for instance, file in truth_set.files.items():
        con.register("truth_file", file[["rec_id"]])
        con.execute(
            "insert into truth select 'files/' || ? || '/party/' || rec_id,"
            " regexp_extract(rec_id, '^rec-([0-9]+)-', 1) from truth_file",
            [instance],
        )
        con.unregister("truth_file")


def report(rows: Sequence[Row]) -> Table:
    """The rows as a table to print."""
    table = Table(title="Pairwise and B-cubed quality after clustering")
    for name in ("set", "method"):
        table.add_column(name, no_wrap=True)
    for name in (
        *("records", "pairs scored", "precision", "recall", "F1", "B³ F1"),
        *("false", "missed", "seconds"),
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.data,
            row.method,
            f"{row.records:,}",
            f"{row.pairs_scored:,}",
            *(f"{share:.4f}" for share in (row.precision, row.recall, row.f1, row.b_cubed_f1)),
            f"{row.false_pairs:,}",
            f"{row.missed_pairs:,}",
            f"{row.seconds:.1f}",
            end_section=row.method != "customer360",
        )
    return table


def _row(
    truth_set: TruthSet, method: str, quality: PartitionQuality, pairs_scored: int, seconds: float
) -> Row:
    pairs = quality.pairs
    return Row(
        data=truth_set.name,
        method=method,
        records=quality.record_count,
        pairs_scored=pairs_scored,
        precision=pairs.precision,
        recall=pairs.recall,
        f1=pairs.f1,
        b_cubed_f1=quality.b_cubed_f1,
        false_pairs=pairs.false,
        missed_pairs=pairs.missed,
        seconds=seconds,
    )


def _candidate_count(home: Path) -> int:
    """How many pairs the build compared; it keeps only those above the review threshold."""
    with duckdb.connect() as con:
        con.execute(f"attach '{home / WAREHOUSE_FILE}' as warehouse (read_only)")
        con.execute(
            "create temp view bench_records as"
            " select * from warehouse.identity.identity_comparison_records"
            f" where party_type = '{PartyType.PERSON.value}'"
        )
        blocking_keys(
            con, records="bench_records", party_type=PartyType.PERSON, result="bench_keys"
        )
        counted = con.execute(
            """
            select count(*) from (
                select distinct one.record_id, other.record_id
                from bench_keys as one
                inner join bench_keys as other
                    on one.key = other.key and one.record_id < other.record_id
            )
            """
        )
        return int(counted.fetchall()[0][0])


def _joined(parts: pd.DataFrame) -> pd.Series:
    """The parts that are there, with a space between them; missing where none is."""
    text = parts.fillna("").agg(" ".join, axis=1).str.split().str.join(" ")
    return text.replace("", pd.NA)


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="customer360-bench-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()
