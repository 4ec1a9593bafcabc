"""What a steward decides holds on every later build, and taking it back restores what was."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import PROJECT, WITHOUT_TESTS, Customer360, explain

WITH_STEWARDS = {"systems": ["files", "stewardship"]}
PARTIES = """source_key,full_name,birth_date,emails,phones,postal_code,street_address,identifiers
1,John Doe,1980-02-03,john.doe@example.com,+12025550123,02139,12 Main Street,
2,"Doe, John",1980-02-03,john.doe@example.com,,02139,12 Main St,
3,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1,
4,タナカタロウ,1975-05-01,,09012345678,1000001,,
5,Mary Major,1990-10-10,mary@example.org,,94105,1 Elm Street,
6,Ann Other,1966-06-06,,,,,loyalty_number:L-77
7,A. Nother,1966-01-01,,,,,loyalty_number:L-77
8,Ann Smith,1970-06-06,,,,,loyalty_number:L-77
"""
HEADER = "record_key_a,record_key_b,decision,decided_by,decided_at,reason"


def key(number: int) -> str:
    return f"files/main/party/{number}"


def decide(project: Customer360, rows: Iterable[str]) -> None:
    """Write the stewards' table; 1 stands for the key of record 1."""
    lines = [HEADER]
    for row in rows:
        a, b, rest = row.split(",", 2)
        lines.append(f"{key(int(a))},{key(int(b))},{rest}")
    folder = project.landing / "stewardship"
    folder.mkdir(exist_ok=True)
    (folder / "steward_decisions.csv").write_text("\n".join(lines) + "\n", "utf-8")


def registry(project: Customer360, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project.home / "registry.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """Eight records and no decision; read it, do not build on it."""
    folder = tmp_path_factory.mktemp("undecided")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(PARTIES, "utf-8")
    decide(project, [])
    project.run(variables=WITH_STEWARDS)
    return project


def copied(built: Customer360, folder: Path) -> Customer360:
    """The same state with a landing folder of its own."""
    copy = built.copy_to(folder)
    shutil.copytree(built.landing, folder / "landing")
    return Customer360(folder / "landing", copy.home, copy.scratch)


@pytest.fixture(scope="module")
def decided(built: Customer360, tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """One party is split, two are joined, one decision is about a record that nobody delivers."""
    project = copied(built, tmp_path_factory.mktemp("decided"))
    decide(
        project,
        [
            "2,1,different,anna,2026-03-01,father and son",
            "1,2,same,ben,2026-02-01,",
            "5,3,same,ben,2026-02-01T09:30:00+09:00,",
            "3,99,different,ben,2026-02-01,",
            "4,5,unsure,anna,2026-02-02,no documents",
        ],
    )
    project.run(variables=WITH_STEWARDS)
    tables = ["identity_decisions", "identity_declared_edges", "identity_cut_links"]
    result = project.dbt(
        "test", "--select", *tables, "steward_decision_log", variables=WITH_STEWARDS
    )
    assert result.success, explain(result)
    warnings = [node.node.name for node in result.result if node.status == "warn"]
    assert warnings == ["assert_steward_decisions_are_about_known_records"]
    return project


def test_different_splits_a_party_and_same_joins_two(
    built: Customer360, decided: Customer360
) -> None:
    before, after = built.holders(), decided.holders()
    assert before[key(1)] == before[key(2)]
    assert after[key(1)] != after[key(2)]
    assert len({before[key(3)], before[key(5)]}) == 2
    assert after[key(3)] == after[key(4)] == after[key(5)]
    assert before[key(1)] in (after[key(1)], after[key(2)]), "one part keeps the party's GPID"


def test_every_decision_has_a_status(decided: Customer360) -> None:
    rows = decided.warehouse(
        "select split_part(record_key_a, '/', 4), split_part(record_key_b, '/', 4), decision,"
        " decided_by, decided_at::varchar, status from identity.identity_decisions order by all"
    )
    assert rows == [
        ("1", "2", "different", "anna", "2026-03-01 00:00:00", "in force"),
        ("1", "2", "same", "ben", "2026-02-01 00:00:00", "superseded"),
        ("3", "5", "same", "ben", "2026-02-01 00:30:00", "in force"),
        ("3", "99", "different", "ben", "2026-02-01 00:00:00", "record unknown"),
        ("4", "5", "unsure", "anna", "2026-02-02 00:00:00", "unsure"),
    ]


def test_a_link_that_a_decision_cuts_names_it(decided: Customer360) -> None:
    rows = decided.query(
        f"select link_type, reason from identity_cut_links where record_key_a = '{key(1)}'"
        f" and record_key_b = '{key(2)}'"
    )
    assert rows == [("score", "steward decision")]


def test_decisions_stay_and_taking_them_back_restores_the_former_ids(
    built: Customer360, decided: Customer360, tmp_path: Path
) -> None:
    again = copied(decided, tmp_path)
    again.run("--full-refresh", variables=WITH_STEWARDS)
    assert again.holders() == decided.holders()
    decide(again, [])
    again.run(variables=WITH_STEWARDS)
    assert again.holders() == built.holders()
    log = registry(
        again, "select event, count(*) from steward_decision_log group by all order by all"
    )
    assert log == [("decided", 5), ("withdrawn", 5)], "the registry keeps what was ever decided"


def test_decisions_that_contradict_each_other_stop_the_build_before_anything_is_committed(
    built: Customer360, tmp_path: Path
) -> None:
    project = copied(built, tmp_path)
    before = {
        table: registry(project, f"from {table} order by all")
        for table in ("gpid_events", "model_releases", "steward_decision_log")
    }
    decide(
        project,
        [
            "1,2,same,anna,2026-03-01,",
            "2,3,same,ben,2026-03-02,called him",
            "1,3,different,carol,2026-03-03,",
            "4,5,same,carol,2026-03-03,",
        ],
    )
    result = project.dbt("build", *WITHOUT_TESTS, variables=WITH_STEWARDS)
    assert not result.success
    message = explain(result)
    chain = [
        f"different: {key(1)} and {key(3)}, decided by carol at 2026-03-03",
        f"same: {key(1)} and {key(2)}, decided by anna at 2026-03-01",
        f"same: {key(2)} and {key(3)}, decided by ben at 2026-03-02",
        "(called him)",
    ]
    assert [part for part in chain if part not in message] == []
    assert key(4) not in message, "the other decision has no part in it"
    assert {t: registry(project, f"from {t} order by all") for t in before} == before
    assert project.holders() == built.holders()


def test_a_rule_joins_what_agrees_in_all_its_fields(built: Customer360) -> None:
    holders = built.holders()
    assert holders[key(6)] == holders[key(7)]
    assert holders[key(6)] != holders[key(8)], "the same card, but another birth year"
    rows = built.query(
        f"select link_type from identity_declared_edges where record_key_a = '{key(6)}'"
    )
    assert rows == [("rule: same loyalty number and birth year",)]


def test_the_seed_of_the_demo_splits_a_party(demo: Customer360, tmp_path: Path) -> None:
    again = demo.copy_to(tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name in ("seeds", "models", "python_models"):
            shutil.copytree(entry, project / entry.name)
        elif not entry.name.startswith("."):
            (project / entry.name).symlink_to(entry)
    contact, account = (
        "sales_cloud/main/contact/0035g0000000018AAA",
        "service_cloud/main/account/0018d000000008cAAA",
    )
    (project / "seeds" / "steward_decisions.csv").write_text(
        f"{HEADER}\n{contact},{account},different,anna,2026-03-01,namesakes\n", "utf-8"
    )
    result = again.dbt(
        "build", *WITHOUT_TESTS, "--select", "steward_decisions+", project_dir=project
    )
    assert result.success, explain(result)
    before, after = demo.holders(), again.holders()
    assert before[contact] == before[account]
    assert after[contact] != after[account]
    moved = {record for record in before if before[record] != after[record]}
    assert {before[record] for record in moved} == {before[contact]}, "nobody else is touched"
