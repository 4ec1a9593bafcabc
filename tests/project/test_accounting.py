"""Every landed row is accounted for, in this build and in those before it."""

from pathlib import Path

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, Customer360

HEADER = "source_key,full_name,birth_date,updated_at\n"
OPEN_QUOTE = '9,"Never Closed,,\n'
DAY_1 = HEADER + "1,Ann Able,1980-02-03,\n,No Key,,\n" + OPEN_QUOTE
# the row without a key is repaired and one more is broken; the other is in another place
DAY_2 = HEADER + "3,too,many,,fields\n1,Ann Able,1980-02-03,\n2,No Key,,\n" + OPEN_QUOTE
# duplicates of a key in any order: the latest, and of those of one moment the same one
DUPLICATES = ["1,Ann Able,1980-02-03,2026-01-02", "1,Anne Able,1980-02-03,2026-01-02"]
DUPLICATES += ["1,Old Able,1980-02-03,2026-01-01", "1,Ann Able,1980-02-03,2026-01-02"]
FIRST_SEEN = "select reason, rule, first_seen_at from quarantined_records order by all"
HISTORY = (
    "select landed, accepted, quarantined, superseded from source_reconciliation_history"
    " where landed > 0 order by built_at"
)


def deliver(project: Customer360, text: str) -> None:
    (project.landing / "files" / "party_records.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> list[Customer360]:
    """A project as it was on its first day, and on its second."""
    folder = tmp_path_factory.mktemp("accounting")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    deliver(project, DAY_1)
    project.run(variables=FILES_ONLY)
    first = project.copy_to(folder / "first")
    deliver(project, DAY_2)
    project.build("--full-refresh", variables=FILES_ONLY)
    return [first, project]


def test_a_repaired_row_leaves_the_quarantine_and_the_same_row_keeps_when_it_was_first_seen(
    two_days: list[Customer360],
) -> None:
    before, after = (project.query(FIRST_SEEN, restricted=True) for project in two_days)
    assert [row[:2] for row in before] == [
        ("blank key", "usable_key"),
        ("unterminated quote", "well_formed"),
    ]
    assert [row[:2] for row in after] == [
        ("5 fields instead of 4", "well_formed"),
        ("unterminated quote", "well_formed"),
    ]
    ((first_day,),) = {row[2:] for row in before}
    assert after[1][2] == first_day
    assert after[0][2] > first_day


def test_each_build_has_its_accounts(two_days: list[Customer360]) -> None:
    first, second = two_days
    assert first.query(HISTORY) == [(3, 1, 2, 0)]
    assert second.query(HISTORY) == [(3, 1, 2, 0), (4, 2, 2, 0)]
    now = "select landed, accepted, quarantined from source_reconciliation"
    assert second.query(f"{now} where landed > 0") == [(4, 2, 2)]


def test_a_build_that_was_not_published_has_no_accounts(
    two_days: list[Customer360], tmp_path: Path
) -> None:
    copy = two_days[1].copy_to(tmp_path)
    project = Customer360(tmp_path / "landing", copy.home, copy.scratch)
    (project.landing / "files").mkdir(parents=True)
    deliver(project, HEADER + "\n".join(DUPLICATES[:1]))
    lost = {**FILES_ONLY, "override_gates": {"max_lost_share": "they moved away"}}
    project.run("--exclude", "publish", variables=lost)
    deliver(project, HEADER + "\n".join(DUPLICATES))
    project.run(variables=lost)
    assert project.query(HISTORY) == [(3, 1, 2, 0), (4, 2, 2, 0), (4, 1, 0, 3)]
    names = "select display_name from dim_party"
    assert project.query(names, restricted=True) in ([("Ann Able",)], [("Anne Able",)])


def test_each_build_leaves_its_health_and_a_sudden_change_is_a_warning(
    two_days: list[Customer360], tmp_path: Path
) -> None:
    first, second = two_days
    assert first.query("select records, minted from identity_health") == [(1, 1)]
    rows = "select records, minted, moved_records from identity_health order by built_at"
    assert second.query(rows) == [(1, 1, 0), (2, 1, 0)]
    sudden = second.copy_to(tmp_path)
    with duckdb.connect(str(sudden.home / "warehouse.duckdb")) as con:
        con.execute(
            "update marts.identity_health set review_backlog = 60 where records = 1;"
            "update marts.identity_health set review_backlog = 200 where records = 2"
        )
    check = ("test", "--select", "assert_identity_health_does_not_change_suddenly")
    for project, status in ((second, "pass"), (sudden, "warn")):
        result = project.dbt(*check, variables=FILES_ONLY)
        assert result.success
        tests = [node for node in result.result if node.node.resource_type == "test"]
        assert [str(node.status) for node in tests] == [status]
