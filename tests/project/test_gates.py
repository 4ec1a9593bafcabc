"""A closed gate stops a build before anything is written; an override lets it through on record."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.project.builds import (
    FILES_ONLY,
    WITHOUT_TESTS,
    Customer360,
    copy_of_the_project,
    explain,
)

HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address\n"
DOE = '{},"{}",1980-02-03,john.doe@example.com,+12025550123,02139,12 Main Street\n'
MAJOR = "{},Mary Major,1990-10-10,mary@example.org,+12025550777,94105,1 Elm Street\n"
TANAKA = "{},田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1\n"
PARTIES = (
    HEADER
    + "".join(DOE.format(n, "John Doe") for n in (1, 2))
    + "".join(MAJOR.format(n) for n in (3, 4))
    + "".join(TANAKA.format(n) for n in (5, 6))
)
# record 2 is Mary Major now, who then has three; record 6 is gone
CHANGED = (
    HEADER
    + DOE.format(1, "John Doe")
    + "".join(MAJOR.format(n) for n in (2, 3, 4))
    + (TANAKA.format(5))
)
TIGHT = {
    **FILES_ONLY,
    "max_churn": 0,
    "max_cluster_records": 2,
    "max_lost_share": {"default": 0.2, "files/*/party": 0},
}


def registry(project: Customer360) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the registry."""
    with duckdb.connect(str(project.home / "registry.duckdb"), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
        return {table: con.execute(f"from {table} order by all").fetchall() for (table,) in tables}


def publication(project: Customer360) -> list[tuple[int, int]]:
    files = sorted((project.home / "published").iterdir())
    return [(file.stat().st_ino, file.stat().st_mtime_ns) for file in files]


def written(project: Customer360, folder: Path, text: str) -> Customer360:
    """The project with another landing folder."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "party_records.csv").write_text(text, "utf-8")
    return Customer360(folder, project.home, project.scratch)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """Three parties of two records each; read it, do not build on it."""
    folder = tmp_path_factory.mktemp("gates")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    project = written(project, folder / "landing", PARTIES)
    project.run(variables=FILES_ONLY)
    holders = project.holders()
    assert len(set(holders.values())) == 3
    return project


def stopped(project: Customer360, variables: Mapping[str, Any]) -> str:
    """What a build says that has to stop."""
    result = project.dbt("build", *WITHOUT_TESTS, variables=variables)
    assert not result.success
    status = {node.node.name: node.status for node in result.result}
    assert status["gate"] == "error"
    writers = [
        node.node.name
        for node in result.result
        if node.node.resource_type == "model"
        and node.node.database == "registry"
        and node.status != "skipped"
    ]
    assert writers == []
    assert status["publish"] == "skipped"
    return explain(result)


def test_closed_gates_stop_a_build_before_it_writes_and_overrides_are_kept(
    built: Customer360, tmp_path: Path
) -> None:
    project = written(built.copy_to(tmp_path), tmp_path / "landing", CHANGED)
    before = registry(project), publication(project)
    message = stopped(project, TIGHT)
    for part in (
        "3 gates are closed",
        "max_churn: 1 of the 5 records",
        "max_cluster_records: the largest cluster has 3 records",
        "max_lost_share: files/main/party lost 1 of its 6 records",
        "files/main/party/2 from P",
        "override_gates",
    ):
        assert part in message
    assert (registry(project), publication(project)) == before

    reasons = {
        "max_churn": "she was never a Doe",
        "max_cluster_records": "three shops",
        "max_lost_share": "moved away",
    }
    project.run(variables={**TIGHT, "actor": "o'hara", "override_gates": reasons})
    assert project.holders() != built.holders()
    after = registry(project)
    runs = {row[3] for row in after["gpid_events"] if row[0] == 2}
    rows = [row[:1] + row[2:8] for row in after["gate_overrides"]]
    (run,) = runs
    assert rows == [
        (2, run, "o'hara", "max_churn", 0.01, 0.0, "she was never a Doe"),
        (2, run, "o'hara", "max_cluster_records", 3.0, 2.0, "three shops"),
        (2, run, "o'hara", "max_lost_share", 0.01, 0.0, "moved away"),
    ]


def test_a_first_build_that_a_gate_stops_leaves_an_empty_registry(
    fresh: Customer360, tmp_path: Path
) -> None:
    written(fresh, fresh.landing, PARTIES + DOE.format(7, "John Doe"))
    message = stopped(fresh, {**FILES_ONLY, "max_cluster_records": 2})
    assert "a gate is closed" in message
    # but for the key that is to mint
    assert [table for table, rows in registry(fresh).items() if rows] == ["registry_info"]
    assert not (fresh.home / "published").exists()


def test_an_adapter_that_drops_a_row_stops_the_build(built: Customer360, tmp_path: Path) -> None:
    project = built.copy_to(tmp_path)
    copy = copy_of_the_project(tmp_path / "project")
    adapter = copy / "models" / "staging" / "files" / "stg_files__party_records.sql"
    adapter.write_text(
        f"select * from (\n{adapter.read_text('utf-8')}\n) where source_key <> '3'\n"
    )
    before = registry(project), publication(project)
    result = project.dbt("build", *WITHOUT_TESTS, variables=FILES_ONLY, project_dir=copy)
    assert not result.success
    message = explain(result)
    assert "landed_rows_add_up: 1 extract whose rows do not add up" in message
    assert "files/main/party_records: 6 rows landed, 6 are in use" in message
    assert "5 party records, of which 5 have a cluster" in message
    assert (registry(project), publication(project)) == before
