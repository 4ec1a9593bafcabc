from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from customer360.demo import Demo, generate

Rows = list[dict[str, object]]


@pytest.fixture(scope="session")
def demo() -> Demo:
    """The demo in its committed size."""
    return generate()


@pytest.fixture(scope="session")
def landing(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    demo.write(folder / "landing", folder / "truth")
    return folder / "landing"


@pytest.fixture(scope="session")
def truth(landing: Path) -> dict[str, str]:
    """Record key → party id."""
    return {str(row["record_key"]): str(row["party_id"]) for row in read(truth_file(landing))}


@pytest.fixture(scope="session")
def rows(landing: Path) -> Callable[[str], Rows]:
    """The rows of an extract, e.g. `rows("sales_cloud/Contact")`; every value is text."""
    cache: dict[str, Rows] = {}

    def load(name: str) -> Rows:
        if name not in cache:
            path = landing / f"{name}.csv"
            cache[name] = read(path if path.exists() else landing / f"{name}.parquet")
        return cache[name]

    return load


def truth_file(landing: Path) -> Path:
    return landing.parent / "truth" / "parties.csv"


def read(path: Path) -> Rows:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
