"""What a steward pins stands in the golden record from build to build, and goes when withdrawn."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.project.builds import Customer360, explain

WITH_STEWARDS = {"systems": ["files", "stewardship"]}
PARTIES = """source_key,full_name,emails,phones,postal_code,street_address,locality,occupation
1,John Doe,john.doe@example.com,+12025550123,02139,12 Main Street,Cambridge,n/a
2,"Doe, John",john.doe@example.com,,02139,12 Main St,Cambridge,
3,Mary Major,mary@example.org,,94105,1 Elm Street,San Francisco,Pilot
"""
HEADER = "record_key,attribute,value,decided_by,decided_at,reason"
MOVED = [
    "files/main/party/2,street_address,9 Oak Road,anna,2026-03-01,called",
    "files/main/party/2,locality,Boston,anna,2026-03-01,called",
    "files/main/party/1,phone,202-555-0177,anna,2026-03-01,called",
    "files/main/party/1,phone,202-555-0188,ben,2026-02-01,older",
    "files/main/party/99,phone,202-555-0177,anna,2026-03-01,",
]
GOLDEN = (
    "select phone, street_address, locality, postal_code, occupation from marts.dim_party"
    " where email = 'john.doe@example.com'"
)
OF_THE_SOURCES = ("+12025550123", "12 Main St", "Cambridge", "02139", None)


def pin(project: Customer360, rows: Iterable[str]) -> None:
    folder = project.landing / "stewardship"
    folder.mkdir(exist_ok=True)
    (folder / "steward_decisions.csv").write_text(
        "record_key_a,record_key_b,decision,decided_by,decided_at,reason\n"
        "files/main/party/1,files/main/party/2,same,anna,2026-01-01,\n",
        "utf-8",
    )
    (folder / "pinned_values.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder: Path = tmp_path_factory.mktemp("pinned")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(PARTIES, "utf-8")
    return project


def test_a_pin_stands_until_it_is_withdrawn(project: Customer360) -> None:
    pin(project, [])
    project.run(variables=WITH_STEWARDS)
    assert project.warehouse(GOLDEN) == [OF_THE_SOURCES]
    others = "select * from marts.dim_party where email = 'mary@example.org'"
    mary = project.warehouse(others)

    pin(project, MOVED)
    project.run(variables=WITH_STEWARDS)
    # an address is pinned as a whole: the postal code of the old one is gone
    assert project.warehouse(GOLDEN) == [("+12025550177", "9 Oak Road", "Boston", None, None)]
    assert project.warehouse(others) == mary
    assert project.query(
        "select value, deciding_rule, list_transform(other_values, lambda x: x.value)"
        " from party_attribute_source where attribute = 'phone' and deciding_rule = 'pinned'",
        restricted=True,
    ) == [("+12025550177", "pinned", ["+12025550123"])]
    assert project.query(
        "select value, status from pinned_values where attribute = 'phone' order by all",
        restricted=True,
    ) == [
        ("+12025550177", "in force"),
        ("+12025550177", "record unknown"),
        ("+12025550188", "superseded"),
    ]
    tests = project.dbt(
        "test", "--select", "int_pinned_values", "pinned_values_status", variables=WITH_STEWARDS
    )
    assert tests.success, explain(tests)
    warnings = [node.node.name for node in tests.result if node.status == "warn"]
    assert warnings == ["assert_pinned_values_are_about_known_records"]

    pin(project, MOVED[3:4])
    project.run(variables=WITH_STEWARDS)
    assert project.warehouse(GOLDEN) == [("+12025550188", *OF_THE_SOURCES[1:])]

    pin(project, [])
    project.run(variables=WITH_STEWARDS)
    assert project.warehouse(GOLDEN) == [OF_THE_SOURCES]


def test_a_pin_that_cannot_be_used_stops_the_build_and_is_named(project: Customer360) -> None:
    pin(project, ["files/main/party/1,nickname,Jack,anna,2026-03-01,"])
    result = project.dbt("build", "--select", "int_written_pins+1", variables=WITH_STEWARDS)
    assert not result.success
    said = explain(result)
    assert "stewardship/main/pinned_values, files/main/party/1, nickname" in said
    assert "attribute is none of given_name" in said
