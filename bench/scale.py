"""How long builds take and what they hold, beside raw Splink and the floor on the same records."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from bench import extracts, processes, scale_peers
from bench.builds import PROJECT, BuildRun, build, candidate_pairs, publication
from bench.extracts import Changes
from customer360.evaluation import compare_partitions

RESULTS = PROJECT / "bench" / "results" / "scale.jsonl"
LIBRARIES = ("customer360", "dbt-core", "dbt-duckdb", "duckdb", "splink", "pyarrow", "numpy")
CROWD = 100_000

# the steps of builds.py by stage, in the order of the flow
STAGES: Mapping[str, Sequence[str]] = {
    "seeds and staging": ("seeds", "staging"),
    "conformed": ("conformed",),
    "identity: fit": ("fit",),
    "identity: match": ("match",),
    "identity: cluster": ("cluster",),
    "identity: assign": ("assign",),
    "identity: other": ("identity",),
    "marts": ("marts",),
    "tests": ("tests",),
    "publish": ("publish",),
}
IDENTITY = ("fit", "match", "cluster", "assign", "identity")

# above so many records pairs are counted on a sample, and not at all where even making the keys
# again takes minutes
_ALL_PAIRS_UP_TO, _PAIRS_UP_TO = 200_000, 2_000_000
_SAMPLE_ONE_IN = 64


@dataclass(frozen=True)
class Found:
    """What a build made of the records.

    Attributes:
        records, facts, parties, edges: how many are published.
        precision, recall, f1: pairwise against the truth.

    """

    records: int
    facts: int
    parties: int
    edges: int
    precision: float
    recall: float
    f1: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, metavar="N")
    parser.add_argument(
        "--changed",
        type=int,
        metavar="K",
        help="records that the later delivery adds, changes or deletes; default: N / 100",
    )
    parser.add_argument(
        "--shared-email",
        action="store_true",
        help=f"instead: {CROWD:,} people with one e-mail address beside {CROWD:,} ordinary records",
    )
    parser.add_argument(
        "--first-build-only",
        action="store_true",
        help="no refresh, no changes and no peers: for sizes where each of them takes an hour",
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave landing folder and databases there"
    )
    parser.add_argument(
        "--no-results", action="store_true", help=f"do not add a line to {RESULTS.name}"
    )
    options = parser.parse_args(arguments)
    console = Console()
    console.width = max(console.width, 110)
    with _folder(options.keep) as folder:
        if options.shared_email:
            result = measure_shared_address(folder, console)
        else:
            changed = options.changed if options.changed is not None else options.records // 100
            result = measure(
                folder,
                console,
                records=options.records,
                changed=0 if options.first_build_only else changed,
                is_first_build_only=options.first_build_only,
            )
    if not options.no_results:
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(result) + "\n")


def measure(
    folder: Path, console: Console, *, records: int, changed: int, is_first_build_only: bool
) -> dict[str, Any]:
    """Measure everything on about so many records, and print it on the way.

    Raises:
        RuntimeError: when a build or a peer fails.

    """
    result = description(records=records, changed=changed)
    started = time.perf_counter()
    made = processes.run(_write, folder, records, 0)
    result["generator"] = _rounded(
        {
            "records": made.value,
            "seconds": time.perf_counter() - started,
            "peak_gib": made.peak_gib,
        }
    )
    console.print(f"generated: {result['generator']}")
    result["first"] = _build(folder, console, "first build")
    if made.value <= _PAIRS_UP_TO:
        one_in = 1 if made.value <= _ALL_PAIRS_UP_TO else _SAMPLE_ONE_IN
        pairs = processes.run(_count_pairs, folder, one_in).value
        result["candidate_pairs"] = pairs
        console.print(
            f"candidate pairs: {'' if one_in == 1 else 'about '}{pairs:,}"
            f" ({pairs / made.value:.1f} per record)\n"
        )
    if not is_first_build_only:
        result["refresh"] = _build(
            folder, console, "full refresh with the frozen release", "refresh"
        )
        for name, peer in _peers(folder):
            result[name] = peer
            console.print(_peer_table(name, peer))
    if changed:
        started = time.perf_counter()
        processes.run(_change, folder, records, changed)
        console.print(f"{changed:,} changes delivered in {time.perf_counter() - started:.1f} s")
        result["incremental"] = _build(folder, console, "build after the changes")
        processes.run(_open, folder, changed)
        result["openings"] = _build(folder, console, f"build after {changed:,} openings of e-mails")
    result["ratios"] = ratios(result)
    console.print(_ratio_table(result["ratios"]))
    return result


def measure_shared_address(folder: Path, console: Console) -> dict[str, Any]:
    """Build with a crowd that shares one e-mail address beside as many ordinary records."""
    result = description(records=CROWD, shared_email=CROWD)
    made = processes.run(_write, folder, CROWD, CROWD)
    result["first"] = _build(folder, console, f"{made.value:,} records, {CROWD:,} of one address")
    result["crowd"] = processes.run(_crowd_parties, folder).value
    console.print(
        "the {records:,} records with the shared address are of {parties:,} parties,"
        " the largest of {largest}".format(**result["crowd"])
    )
    return result


def ratios(result: Mapping[str, Any]) -> dict[str, float]:
    """What the aims are about, from a result; only what the result allows."""
    first = result["first"]
    found: dict[str, float] = {}
    if refresh := result.get("refresh"):
        trained, floor = result["splink trained"]["seconds"], result["floor"]["seconds"]
        found = {
            "whole first build / Splink trained": first["seconds"] / trained,
            "identity of the first build / Splink trained": first["identity"] / trained,
            "identity with a frozen release / floor": refresh["identity"] / floor,
            "identity with a frozen release / Splink frozen": refresh["identity"]
            / result["splink frozen"]["seconds"],
        }
    if later := result.get("incremental"):
        # a run of the first build alone delivers no changes
        assert refresh is not None
        for part in ("seconds", "identity"):
            name = "whole" if part == "seconds" else part
            found[f"{name} after changes / first build"] = later[part] / first[part]
            found[f"{name} after changes / full refresh"] = later[part] / refresh[part]
            found[f"{name} after openings / full refresh"] = (
                result["openings"][part] / refresh[part]
            )
    if smaller := _tenth(result):
        found["first build / that of a tenth"] = first["seconds"] / smaller["first"]["seconds"]
    return {name: round(ratio, 3) for name, ratio in found.items()}


def _tenth(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The last result on this machine with a tenth of the records."""
    if not RESULTS.exists():
        return None
    stored = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    return next(
        (
            each
            for each in reversed(stored)
            if each["machine"] == result["machine"]
            and each["records"] * 10 == result["records"]
            and "shared_email" not in each
        ),
        None,
    )


# --- what the child processes do ------------------------------------------------------------------


def _write(folder: Path, records: int, shared_address: int) -> int:
    return extracts.write(folder, records=records, shared_address=shared_address)


def _change(folder: Path, records: int, changed: int) -> int:
    return extracts.deliver_changes(folder, records=records, changes=Changes(changed))


def _open(folder: Path, openings: int) -> None:
    extracts.deliver_openings(folder, openings=openings)


def _found(folder: Path) -> Found:
    with publication(folder / "home") as con:
        quality = compare_partitions(
            con,
            predicted=con.sql(
                "select record_key, gpid as party_id from bridge_party_source where is_current"
            ),
            truth=con.sql(f"from read_parquet('{folder / extracts.TRUTH_FOLDER}/*.parquet')"),
        )
        facts = con.execute(
            "select (select count(*) from fct_orders) + (select count(*) from fct_cases)"
            " + (select count(*) from fct_activities)"
        ).fetchall()[0][0]
        edges = con.execute("select count(*) from identity_edges").fetchall()[0][0]
    pairs = quality.pairs
    return Found(
        records=quality.record_count,
        facts=int(facts),
        parties=quality.predicted_parties,
        edges=int(edges),
        precision=pairs.precision,
        recall=pairs.recall,
        f1=pairs.f1,
    )


def _crowd_parties(folder: Path) -> dict[str, int]:
    with duckdb.connect(str(folder / "home" / "warehouse.duckdb"), read_only=True) as con:
        records, parties, largest = con.execute(
            """
            with crowd as (
                select bridge.gpid, count(*) as records
                from conformed.int_party_records as record
                inner join marts.bridge_party_source as bridge using (record_key)
                where bridge.is_current and lower(record.emails[1]) = $address
                group by bridge.gpid
            )

            select sum(records), count(*), max(records) from crowd
            """,
            {"address": extracts.SHARED_ADDRESS},
        ).fetchall()[0]
    return {"records": int(records), "parties": int(parties), "largest": int(largest)}


def _count_pairs(folder: Path, one_in: int) -> int:
    return candidate_pairs(folder / "home", one_in=one_in)


# --- parts of a run -------------------------------------------------------------------------------


def _build(folder: Path, console: Console, title: str, kind: str = "") -> dict[str, Any]:
    run = build(
        landing=folder / "landing",
        home=folder / "home",
        work=folder,
        variables=extracts.VARIABLES,
        is_full_refresh=kind == "refresh",
    )
    found = processes.run(_found, folder).value
    console.print(_build_table(title, run, found))
    result: dict[str, Any] = _rounded(
        {
            "seconds": run.seconds,
            "identity": run.busy(IDENTITY),
            "peak_gib": run.peak_gib,
            "stages": {name: run.busy(steps) for name, steps in STAGES.items()},
            "slowest": {
                node.name: node.ended - node.started
                for node in sorted(run.nodes, key=lambda node: node.started - node.ended)[:10]
            },
            **asdict(found),
        }
    )
    return result


def _peers(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    records, truth = folder / "records.parquet", folder / extracts.TRUTH_FOLDER
    model = folder / "splink.json"
    processes.run(scale_peers.export_records, folder / "home", records)
    for name, function, arguments in (
        ("splink trained", scale_peers.run_splink, (records, truth, model, False)),
        ("splink frozen", scale_peers.run_splink, (records, truth, model, True)),
        ("floor", scale_peers.run_floor, (records,)),
    ):
        outcome = processes.run(function, *arguments)
        peer = outcome.value
        yield (
            name,
            _rounded(
                {"seconds": peer.seconds, "peak_gib": outcome.peak_gib}
                | {key: value for key, value in asdict(peer).items() if value is not None}
            ),
        )
    records.unlink()


def description(**what: Any) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        **what,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "machine": {
            "cpu": _cpu_model(),
            "cores": len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count(),
            "memory_gib": round(
                os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1
            ),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "versions": {library: version(library) for library in LIBRARIES},
    }


def _cpu_model() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _rounded(value: Any) -> Any:
    """The same with three decimals, all the way down; shares keep five."""
    if isinstance(value, Mapping):
        return {
            key: round(each, 5)
            if key in ("precision", "recall", "f1") and each is not None
            else _rounded(each)
            for key, each in value.items()
        }
    return round(value, 3) if isinstance(value, float) else value


def _build_table(title: str, run: BuildRun, found: Found) -> Table:
    table = Table(
        title=f"{title}: {run.seconds:.1f} s, {run.peak_gib:.1f} GiB", title_justify="left"
    )
    table.add_column("stage", no_wrap=True)
    table.add_column("seconds", justify="right")
    table.add_column("sum of nodes", justify="right")
    steps = run.steps
    for name, parts in STAGES.items():
        total = sum(steps.get(part, 0.0) for part in parts)
        table.add_row(name, f"{run.busy(parts):.1f}", f"{total:.1f}")
    table.add_section()
    total = sum(steps.get(part, 0.0) for part in IDENTITY)
    table.add_row("identity", f"{run.busy(IDENTITY):.1f}", f"{total:.1f}")
    everything = set(steps)
    table.add_row("nodes together", f"{run.busy(everything):.1f}", f"{sum(run.steps.values()):.1f}")
    table.add_row("dbt itself, landing views", f"{run.seconds - run.busy(everything):.1f}", "")
    table.caption = (
        f"{found.records:,} records, {found.facts:,} facts, {found.parties:,} parties,"
        f" {found.edges:,} edges; precision {found.precision:.4f}, recall {found.recall:.4f},"
        f" F1 {found.f1:.4f}"
    )
    table.caption_justify = "left"
    return table


def _peer_table(name: str, peer: Mapping[str, Any]) -> str:
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in peer["steps"].items())
    quality = ""
    if "f1" in peer:
        quality = "; precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}".format(**peer)
    return (
        f"{name}: {peer['seconds']:.1f} s ({steps}), {peer['peak_gib']:.1f} GiB,"
        f" {peer['pairs']:,} pairs{quality}"
    )


def _ratio_table(found: Mapping[str, float]) -> Table:
    table = Table(title="Ratios", title_justify="left")
    table.add_column("what", no_wrap=True)
    table.add_column("ratio", justify="right")
    for name, ratio in found.items():
        table.add_row(name, f"{ratio:.2f}")
    return table


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
