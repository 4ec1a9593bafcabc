"""The data sets, what each has to reach, and who else is measured on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import febrl, households, japanese, organizations, splink_expert
from bench.party_file import Record, write_landing, write_truth
from bench.splink_expert import SplinkRun

LANDING_FOLDER, HOME_FOLDER, TRUTH_FILE = "landing", "home", "truth.csv"


@dataclass(frozen=True)
class Target:
    """What a set has to reach after clustering; None where nothing is asked."""

    precision: float | None = None
    recall: float | None = None
    f1: float | None = None

    def __str__(self) -> str:
        """As the report prints it: P ≥ .975, F1 ≥ .935."""
        names = {"P": self.precision, "R": self.recall, "F1": self.f1}
        return ", ".join(
            f"{name} ≥ {f'{floor:g}'.removeprefix('0')}" for name, floor in names.items() if floor
        )

    def is_met(self, *, precision: float, recall: float, f1: float) -> bool:
        """Every floor is reached."""
        return (
            precision >= (self.precision or 0)
            and recall >= (self.recall or 0)
            and f1 >= (self.f1 or 0)
        )


@dataclass(frozen=True)
class Benchmark:
    """One data set.

    Attributes:
        name: on the command line and in the report.
        write: writes the landing folder and the truth into a folder.
        target: what customer360 has to reach.
        expert: runs Splink's own set-up, given the folder after the build; None where Splink has
            no example for such data.
        precision_asked: the recall at this precision is reported too.
        is_in_full_run: part of a run without arguments.

    """

    name: str
    write: Callable[[Path], None]
    target: Target
    expert: Callable[[Path], SplinkRun] | None = None
    precision_asked: float | None = None
    is_in_full_run: bool = True


def write_world(make: Callable[[], list[Record]], folder: Path) -> None:
    """Make the records and write them with their truth."""
    found = make()
    write_landing(found, folder / LANDING_FOLDER)
    write_truth(found, folder / TRUTH_FILE)


def _write_febrl(name: str, folder: Path) -> None:
    febrl.write(febrl.load(name), folder / LANDING_FOLDER, folder / TRUTH_FILE)


def _febrl(name: str, target: Target) -> Benchmark:
    return Benchmark(
        name,
        partial(_write_febrl, name),
        target,
        expert=lambda folder: splink_expert.run_febrl(febrl.load(name)),
    )


def _households(name: str, people: int, *, is_in_full_run: bool) -> Benchmark:
    return Benchmark(
        name,
        partial(write_world, partial(households.records, people)),
        Target(precision=0.992, recall=0.975),
        expert=lambda folder: splink_expert.run_households(folder / HOME_FOLDER),
        is_in_full_run=is_in_full_run,
    )


_ALL = (
    _febrl("febrl1", Target(f1=0.998)),
    _febrl("febrl2", Target(f1=0.998)),
    _febrl("febrl3", Target(precision=0.999, f1=0.998)),
    _febrl("febrl4", Target(precision=0.999, f1=0.998)),
    Benchmark(
        "japanese",
        partial(write_world, lambda: japanese.records(japanese.real_names())),
        Target(precision=0.975, f1=0.935),
        precision_asked=0.99,
    ),
    Benchmark(
        "japanese_homonyms",
        partial(write_world, lambda: japanese.records(japanese.few_names())),
        Target(precision=0.97, f1=0.75),
        precision_asked=0.99,
    ),
    Benchmark(
        "organizations",
        partial(write_world, organizations.records),
        Target(precision=0.99, recall=0.93),
    ),
    _households("households_100k", 43_000, is_in_full_run=False),
    _households("households_1m", households.PEOPLE, is_in_full_run=True),
)
BENCHMARKS: Mapping[str, Benchmark] = {benchmark.name: benchmark for benchmark in _ALL}
