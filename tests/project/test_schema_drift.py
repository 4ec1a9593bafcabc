"""A feed that loses columns or all its records stops a build and deletes no customer."""

from pathlib import Path

import pytest

from tests.project.builds import WITHOUT_TESTS, Customer360, explain

WEB_AND_FILES = {"systems": ["files", "web"]}
PARTIES = (
    "source_key,full_name,emails,phones\n"
    "1,John Doe,john@example.com,+12025550123\n"
    "2,Mary Major,mary@example.org,+12025550777\n"
)
EVENTS = "event_id,event_timestamp,user_id,event_name,url\n1,2026-10-01,u1,page_view,/a\n"


def deliver(project: Customer360, parties: str, events: str) -> None:
    for system, name, text in (("files", "party_records", parties), ("web", "page_events", events)):
        (project.landing / system).mkdir(parents=True, exist_ok=True)
        (project.landing / system / f"{name}.csv").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("drift")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    deliver(project, PARTIES, EVENTS)
    project.run(variables=WEB_AND_FILES)
    return project


@pytest.mark.parametrize(
    ("parties", "said"),
    [
        (PARTIES.replace(",phones", ""), "the column phones, which the last build read, is gone"),
        ("", "files/main/party_records: nothing was delivered; the last build read 2 records"),
        (PARTIES.splitlines()[0], "files/main/party_records: nothing was delivered"),
        (None, "files/main/party_records: there is no file"),
    ],
    ids=["dropped column", "empty file", "header only", "no file"],
)
def test_a_build_stops_before_a_commit_and_every_customer_stays(
    built: Customer360, tmp_path: Path, parties: str | None, said: str
) -> None:
    copy = built.copy_to(tmp_path)
    project = Customer360(tmp_path / "landing", copy.home, copy.scratch)
    deliver(project, parties or "", EVENTS)
    if parties is None:
        (project.landing / "files" / "party_records.csv").unlink()
    result = project.dbt("build", *WITHOUT_TESTS, variables=WEB_AND_FILES)
    assert not result.success
    assert said in explain(result)
    for file in ("registry.duckdb", "published/customer360.duckdb"):
        assert (project.home / file).read_bytes() == (built.home / file).read_bytes()
    customers = "select source_key from bridge_party_source where is_current order by all"
    assert project.query(customers) == [("1",), ("2",), ("u1",)]


def test_a_new_column_is_published_as_ignored_and_an_accepted_change_with_its_reason(
    built: Customer360, tmp_path: Path
) -> None:
    copy = built.copy_to(tmp_path)
    project = Customer360(tmp_path / "landing", copy.home, copy.scratch)
    events = EVENTS.replace(",url", "").replace(",/a", "").replace("event_id", "device,event_id")
    events = events.replace("\n1,", "\nphone,1,")
    deliver(project, PARTIES, events)
    why = {"web/main/page_event": "the pages are counted elsewhere"}
    project.run(variables={**WEB_AND_FILES, "accept_landing_changes": why})
    assert project.query(
        "select column_name, status, change, accepted_because from source_columns"
        " where change is not null order by all"
    ) == [
        ("device", "ignored", "added", None),
        ("url", "missing", "dropped", "the pages are counted elsewhere"),
    ]
    project.run(variables=WEB_AND_FILES)
