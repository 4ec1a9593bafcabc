"""GPIDs stay what they are, whatever happens to the rest."""

import random
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, Customer360

PARTIES = """source_key,full_name,birth_date,emails,phones,postal_code,street_address
1,John Doe,1980-02-03,john.doe@example.com,+12025550123,02139,12 Main Street
2,"Doe, John",1980-02-03,john.doe@example.com,,02139,12 Main St
3,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1
4,タナカタロウ,1975-05-01,,09012345678,1000001,
5,Mary Major,1990-10-10,mary@example.org,,94105,1 Elm Street
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("lasting")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(PARTIES, "utf-8")
    project.build(variables=FILES_ONLY)
    return project


def test_three_people_are_found_in_five_records(built: Customer360) -> None:
    holders = built.holders()
    key = "files/main/party/{}".format
    assert holders[key(1)] == holders[key(2)]
    assert holders[key(3)] == holders[key(4)]
    assert len(set(holders.values())) == 3


def test_a_second_build_changes_nothing(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    before = again.query("from build_info select commit_number")
    again.run(variables=FILES_ONLY)
    assert again.holders() == built.holders()
    assert again.query("from build_info select commit_number") == before


def test_a_full_refresh_changes_no_id(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    again.run("--full-refresh", variables=FILES_ONLY)
    assert again.holders() == built.holders()


def test_a_lost_warehouse_changes_no_id(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    (again.home / "warehouse.duckdb").unlink()
    again.run(variables=FILES_ONLY)
    assert again.holders() == built.holders()


def test_shuffled_rows_change_no_id(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    landing = tmp_path / "landing"
    (landing / "files").mkdir(parents=True)
    header, *rows = PARTIES.splitlines()
    random.Random(5).shuffle(rows)
    (landing / "files" / "party_records.csv").write_text("\n".join([header, *rows]), "utf-8")
    shuffled = Customer360(landing, again.home, again.scratch)
    shuffled.run(variables=FILES_ONLY)
    assert shuffled.holders() == built.holders()


def test_a_missing_registry_beside_a_publication_stops_the_build(
    built: Customer360, tmp_path: Path
) -> None:
    again = built.copy_to(tmp_path)
    (again.home / "registry.duckdb").unlink()
    result = again.dbt("run", variables=FILES_ONLY)
    assert not result.success
    assert "registry.duckdb is missing" in str(result.exception)
    assert not (again.home / "registry.duckdb").exists()


def test_an_older_registry_beside_a_publication_stops_the_build(
    built: Customer360, tmp_path: Path
) -> None:
    again = built.copy_to(tmp_path)
    older = tmp_path / "older.duckdb"
    shutil.copy(again.home / "registry.duckdb", older)
    landing = tmp_path / "landing"
    (landing / "files").mkdir(parents=True)
    (landing / "files" / "party_records.csv").write_text(PARTIES + "6,Ann Other,,,,,\n", "utf-8")
    grown = Customer360(landing, again.home, again.scratch)
    grown.run(variables=FILES_ONLY)
    shutil.copy(older, grown.home / "registry.duckdb")
    result = grown.dbt("run", variables=FILES_ONLY)
    assert not result.success
    assert "older copy" in str(result.exception)


def test_a_record_that_comes_back_finds_its_id(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    landing = tmp_path / "landing"
    (landing / "files").mkdir(parents=True)
    moving = Customer360(landing, again.home, again.scratch)
    file = landing / "files" / "party_records.csv"
    file.write_text("\n".join(PARTIES.splitlines()[:-1]), "utf-8")
    moving.run(variables=FILES_ONLY)
    assert "files/main/party/5" not in moving.holders()
    file.write_text(PARTIES, "utf-8")
    moving.run(variables=FILES_ONLY)
    assert moving.holders() == built.holders()


def releases(project: Customer360) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.home / "registry.duckdb"), read_only=True) as con:
        fitted = con.execute("from model_releases order by all").fetchall()
        return fitted + con.execute("from release_frequencies order by all").fetchall()


def test_new_data_do_not_refit_the_model(built: Customer360, tmp_path: Path) -> None:
    again = built.copy_to(tmp_path)
    landing = tmp_path / "landing"
    (landing / "files").mkdir(parents=True)
    (landing / "files" / "party_records.csv").write_text(
        PARTIES + "6,John Other,1980-02-03,,,02139,\n", "utf-8"
    )
    grown = Customer360(landing, again.home, again.scratch)
    grown.run(variables=FILES_ONLY)
    assert releases(grown) == releases(built)
