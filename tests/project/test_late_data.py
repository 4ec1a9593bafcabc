"""Deliveries that come late, twice or ten times as large end in the same parties."""

from pathlib import Path
from typing import Any

import pytest

from tests.project.builds import FILES_ONLY, Customer360

CHANGES = {**FILES_ONLY, "deliveries": {"default": "snapshot", "files": "changes"}}
HEADER = "source_key,full_name,birth_date,emails,identifiers,updated_at,is_deleted\n"
DAY_0 = HEADER + (
    "1,John Doe,1980-02-03,john.doe@example.com,loyalty_number:A1,2026-01-01,\n"
    "2,Johnny Doe,1980-02-03,jd@example.com,loyalty_number:A1,2026-01-01,\n"
    "3,Mary Major,1990-10-10,mary@example.org,loyalty_number:C1,2026-01-01,\n"
    "4,田中太郎,1975-05-01,t.tanaka@example.com,loyalty_number:D1,2026-01-01,\n"
    "5,Ann Able,1966-06-06,ann@example.com,loyalty_number:E1,2026-01-01,\n"
)
# Mary marries, Ann is known under a second key, and there are ten times as many records
DAY_1 = (
    HEADER
    + "3,Mary Minor,1990-10-10,mary@example.org,loyalty_number:C1,2026-01-02,\n"
    + "4,田中次郎,1975-05-01,t.tanaka@example.com,loyalty_number:D1,2026-01-02,\n"
    + "6,Anna Able,1966-06-06,anna@example.net,loyalty_number:E1,2026-01-02,\n"
    + "".join(
        f"1{n:02},Person Number{n},19{n + 30}-02-0{n % 9 + 1},person{n}@example.com,"
        f"loyalty_number:N{n},2026-01-02,\n"
        for n in range(50)
    )
)
# Mary moves, Johnny turns out to be Mary's namesake, and 4 is deleted
DAY_2 = HEADER + (
    "3,Mary Moved,1990-10-10,mary.moved@example.org,loyalty_number:C1,2026-01-03,\n"
    "2,Mary Moved,1990-10-10,mary.moved@example.org,loyalty_number:C1,2026-01-03,\n"
    "4,,,,,2026-01-03,true\n"
)


def deliver(project: Customer360, **days: str) -> None:
    for day, text in days.items():
        name = f"party_records_2026-01-0{int(day[-1]) + 1}.csv"
        (project.landing / "files" / name).write_text(text, "utf-8")


def parties(project: Customer360) -> set[tuple[Any, ...]]:
    """The keys of each party's records, and its name."""
    return set(
        project.query(
            "select string_agg(source_key, ' ' order by source_key), any_value(display_name)"
            " from bridge_party_source join dim_party using (gpid) where is_current group by gpid",
            restricted=True,
        )
    )


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("late")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    deliver(project, day_0=DAY_0)
    project.run(variables=CHANGES)
    assert len(parties(project)) == 4
    return project


def test_late_and_out_of_order_deliveries_give_the_parties_of_those_in_order(
    first_day: Customer360, tmp_path: Path
) -> None:
    found = []
    for name, rounds in {
        "in order": [{"day_1": DAY_1, "day_2": DAY_2}],
        "late": [{"day_2": DAY_2}, {"day_1": DAY_1, "day_2": DAY_2}],
    }.items():
        copy = first_day.copy_to(tmp_path / name)
        project = Customer360(tmp_path / name / "landing", copy.home, copy.scratch)
        (project.landing / "files").mkdir(parents=True)
        for days in rounds:
            deliver(project, **days)
            project.run(variables=CHANGES)
        found.append(parties(project))
        assert project.query("select bool_and(is_balanced) from source_reconciliation") == [(True,)]
    in_order, late = found
    assert late == in_order
    assert {("2 3", "Mary Moved"), ("5 6", "Anna Able")} <= in_order
    # deleted on the third day, whatever the second says when it comes
    assert "4" not in dict(in_order)
    assert len(in_order) == 3 + 50
