"""Precision and recall on data with known truth: this project beside Splink's own expert set-up."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from bench import scale_invariance
from bench.benchmarks import BENCHMARKS, HOME_FOLDER, LANDING_FOLDER, TRUTH_FILE, Benchmark
from bench.builds import BuildRun, build, candidate_pairs, clustered_again, publication
from bench.scale_invariance import ScaleRow
from customer360.evaluation import PairCounts, PartitionQuality, compare_partitions

REPORT_WIDTH = 176
# between these link thresholds, and to this step, the recall at a given precision is sought
_LOWEST_BITS, _HIGHEST_BITS, _STEP_BITS = -3.0, 13.0, 0.125
_PROJECT, _EXPERT = "customer360", "splink expert"
# builds from this size on have their steps printed
_LARGE = 500_000


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
        target: what is asked of the project on this set; empty for others.
        is_met: whether it is reached; None where nothing is asked.
        recall_at_precision: the precision asked, the best recall that has it, and the link
            threshold in bits that gives it; None where it is not asked.
        peak_gib: the most memory that the build held; None for others.
        steps: seconds by step of the build.

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
    target: str = ""
    is_met: bool | None = None
    recall_at_precision: tuple[float, float, float] | None = None
    peak_gib: float | None = None
    steps: Mapping[str, float] | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    names = [*BENCHMARKS, scale_invariance.NAME]
    full_run = [name for name, benchmark in BENCHMARKS.items() if benchmark.is_in_full_run]
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument(
        "sets",
        nargs="*",
        metavar="SET",
        help=f"{', '.join(names)}; default: all but households_100k",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="build there and leave landing folder, databases and truth.csv for a look",
    )
    parser.add_argument(
        "--alone", action="store_true", help="measure this project only, without Splink's set-ups"
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.sets) - set(names))
    if unknown:
        parser.error(f"unknown set {', '.join(unknown)}; there are {', '.join(names)}")
    console = Console()
    console.width = max(console.width, REPORT_WIDTH)
    rows: list[Row] = []
    scale_row = None
    with _folder(options.keep) as folder:
        for name in options.sets or [*full_run, scale_invariance.NAME]:
            console.print(f"{name} …", style="dim")
            if name == scale_invariance.NAME:
                scale_row = scale_invariance.measure(folder / name)
                continue
            benchmark = BENCHMARKS[name]
            rows.append(measure_project(benchmark, folder / name))
            if benchmark.expert and not options.alone:
                rows.append(measure_expert(benchmark, folder / name))
    if rows:
        console.print(quality_table(rows))
    for row in rows:
        if row.recall_at_precision:
            console.print(recall_sentence(row))
    for row in rows:
        if row.steps and row.records >= _LARGE:
            console.print(steps_sentence(row))
    if scale_row:
        console.print(scale_sentence(scale_row))
    if options.json:
        result = {
            "rows": [asdict(row) for row in rows],
            "scale": asdict(scale_row) if scale_row else None,
        }
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def measure_project(benchmark: Benchmark, folder: Path) -> Row:
    """Build the set in the folder with the shipped settings and compare the published bridge.

    Raises:
        RuntimeError: when the build fails.

    """
    benchmark.write(folder)
    home = folder / HOME_FOLDER
    run = build(landing=folder / LANDING_FOLDER, home=home, work=folder)
    with publication(home) as con:
        quality = compare_partitions(
            con,
            predicted=con.sql(
                "select record_key, gpid as party_id from bridge_party_source where is_current"
            ),
            truth=_truth(con, folder),
        )
    at_precision = None
    if benchmark.precision_asked:
        at_precision = recall_at(folder, precision=benchmark.precision_asked)
    return _project_row(benchmark, quality, candidate_pairs(home), run, at_precision)


def measure_expert(benchmark: Benchmark, folder: Path) -> Row:
    """Run Splink's expert set-up on the same records."""
    assert benchmark.expert is not None
    run = benchmark.expert(folder)
    quality = compare_partitions(run.con, predicted=run.partition, truth=_truth(run.con, folder))
    return _row(benchmark.name, _EXPERT, quality, run.pairs_scored, run.seconds)


def recall_at(folder: Path, *, precision: float) -> tuple[float, float, float]:
    """The precision asked, the recall that keeps it, and the lowest link threshold for it in bits.

    The edges of the build in the folder are clustered again for every threshold that is tried; a
    higher one is taken to be more precise. Recall is 0 where the highest is not precise enough.
    """
    low, high = _LOWEST_BITS, _HIGHEST_BITS
    found = (precision, 0.0, high)
    while high - low >= _STEP_BITS:
        threshold = (low + high) / 2
        pairs = _pairs_at(folder, threshold)
        if pairs.precision >= precision:
            high, found = threshold, (precision, pairs.recall, threshold)
        else:
            low = threshold
    return found


def _pairs_at(folder: Path, link_threshold_bits: float) -> PairCounts:
    with clustered_again(folder / HOME_FOLDER, link_threshold_bits=link_threshold_bits) as (
        con,
        clusters,
    ):
        predicted = con.sql(
            f"select record_key, cluster_id as party_id from ({clusters.sql_query()})"
        )
        return compare_partitions(con, predicted=predicted, truth=_truth(con, folder)).pairs


def quality_table(rows: Sequence[Row]) -> Table:
    """The rows as a table to print."""
    table = Table(title="Pairwise and B-cubed quality after clustering")
    for name in ("set", "method"):
        table.add_column(name, no_wrap=True)
    for name in (
        *("records", "pairs scored", "precision", "recall", "F1", "B³ F1"),
        *("false", "missed", "seconds", "GiB"),
    ):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("target", no_wrap=True)
    for row, next_row in zip(rows, [*rows[1:], None], strict=True):
        table.add_row(
            row.data,
            row.method,
            f"{row.records:,}",
            f"{row.pairs_scored:,}",
            *(f"{share:.4f}" for share in (row.precision, row.recall, row.f1, row.b_cubed_f1)),
            f"{row.false_pairs:,}",
            f"{row.missed_pairs:,}",
            f"{row.seconds:.1f}",
            "" if row.peak_gib is None else f"{row.peak_gib:.1f}",
            _verdict(row),
            end_section=next_row is None or next_row.data != row.data,
        )
    return table


def _verdict(row: Row) -> str:
    if row.is_met is None:
        return ""
    return f"{row.target}: " + ("[green]met[/]" if row.is_met else "[red]missed[/]")


def recall_sentence(row: Row) -> str:
    """The recall at the precision asked, in words."""
    assert row.recall_at_precision is not None
    precision, recall, threshold = row.recall_at_precision
    if not recall:
        return f"{row.data}: no link threshold gives precision ≥ {precision}"
    return (
        f"{row.data}: recall at precision ≥ {precision}: {recall:.4f}"
        f" (link threshold {threshold:+g} bits)"
    )


def steps_sentence(row: Row) -> str:
    """Where the time of a large build went."""
    assert row.steps is not None
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in row.steps.items())
    return f"{row.data}: seconds by step: {steps}"


def scale_sentence(row: ScaleRow) -> str:
    """How the partition of the sample differs between the builds, in words."""
    found = row.differences
    return (
        f"scale invariance: {row.sample:,} records alone ({row.seconds_alone:.0f} s) and inside"
        f" {row.others:,} others ({row.seconds_inside:.0f} s): {found.joined_in_both:,} pairs"
        f" joined in both; {found.alone_only} alone only ({found.alone_only_true} of them true);"
        f" {found.inside_only} inside only ({found.inside_only_true} true, {found.explained}"
        f" linked by the others' records); {found.changed_share:.2%} changed without such a reason"
    )


def _truth(con: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyRelation:
    return con.sql(
        f"select record_key, party_id from read_csv('{folder / TRUTH_FILE}', all_varchar = true)"
    )


def _project_row(
    benchmark: Benchmark,
    quality: PartitionQuality,
    pairs_scored: int,
    run: BuildRun,
    at_precision: tuple[float, float, float] | None,
) -> Row:
    pairs = quality.pairs
    return _row(
        benchmark.name,
        _PROJECT,
        quality,
        pairs_scored,
        run.seconds,
        target=str(benchmark.target),
        is_met=benchmark.target.is_met(precision=pairs.precision, recall=pairs.recall, f1=pairs.f1),
        recall_at_precision=at_precision,
        peak_gib=run.peak_gib,
        steps=run.steps,
    )


def _row(
    data: str,
    method: str,
    quality: PartitionQuality,
    pairs_scored: int,
    seconds: float,
    *,
    target: str = "",
    is_met: bool | None = None,
    recall_at_precision: tuple[float, float, float] | None = None,
    peak_gib: float | None = None,
    steps: Mapping[str, float] | None = None,
) -> Row:
    pairs = quality.pairs
    return Row(
        data=data,
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
        target=target,
        is_met=is_met,
        recall_at_precision=recall_at_precision,
        peak_gib=peak_gib,
        steps=steps,
    )


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
