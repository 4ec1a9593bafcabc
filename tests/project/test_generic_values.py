"""A value that turns generic lets go of its records; one that stops takes them back."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, Customer360

HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address\n"
# 1 and 2 have nothing in common but a name and a mailbox, 3 and 4 only a placeholder's number
PARTIES = """1,John Doe,1980-02-03,doe@example.com,,02139,12 Main Street
2,John Doe,,doe@example.com,,,
3,Mary Major,1990-10-10,,+1 800-555-1212,94105,1 Elm Street
4,Mary Major,,,1-800-555-1212,,
5,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1
"""
# an office: six more names read the mailbox
OTHERS = """11,Alice Young,1961-01-01,doe@example.com,,10001,1 First Street
12,Brian Quinn,1962-02-02,doe@example.com,,10002,2 Second Street
13,Carol Zimmer,1963-03-03,doe@example.com,,10003,3 Third Street
14,Derek Xavier,1964-04-04,doe@example.com,,10004,4 Fourth Street
15,Emily Upton,1965-05-05,doe@example.com,,10005,5 Fifth Street
16,Frank Vance,1966-06-06,doe@example.com,,10006,6 Sixth Street
"""
ONE, TWO, THREE, FOUR = (f"files/main/party/{n}" for n in range(1, 5))


class Story:
    """The same home, built on one extract after the other."""

    def __init__(self, folder: Path) -> None:
        self.project = Customer360(folder / "landing", folder / "home", folder / "scratch")
        (self.project.landing / "files").mkdir(parents=True)
        self.holders: list[dict[str, str]] = []
        self.values: list[dict[str, tuple[Any, ...]]] = []
        self.events: list[list[tuple[object, ...]]] = []

    def build(self, parties: str) -> None:
        file = self.project.landing / "files" / "party_records.csv"
        file.write_text(HEADER + parties, "utf-8")
        self.project.run(variables=FILES_ONLY)
        self.holders.append(self.project.holders())
        self.values.append(
            {
                row[0]: row[1:]
                for row in self.project.query(
                    "select value, reason, name_count, generic_since from identity_generic_values",
                    restricted=True,
                )
            }
        )
        with duckdb.connect(str(self.project.home / "registry.duckdb"), read_only=True) as con:
            self.events.append(
                con.execute("from generic_value_events order by event_number").fetchall()
            )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    story = Story(tmp_path_factory.mktemp("generic"))
    for parties in (PARTIES, PARTIES + OTHERS, PARTIES + OTHERS, PARTIES, PARTIES + OTHERS):
        story.build(parties)
    return story


def test_the_mailbox_alone_holds_two_records_together(story: Story) -> None:
    assert story.holders[0][ONE] == story.holders[0][TWO]
    assert "doe@example.com" not in story.values[0]


def test_records_come_apart_when_their_value_turns_generic(story: Story) -> None:
    assert story.values[1]["doe@example.com"][:2] == ("shared by many names", 7)
    first, second = story.holders[1][ONE], story.holders[1][TWO]
    assert first != second
    assert story.holders[0][ONE] in (first, second)


def test_nothing_is_written_and_no_time_moves_when_nothing_changed(story: Story) -> None:
    assert story.events[2] == story.events[1]
    assert story.values[2] == story.values[1]
    assert story.holders[2] == story.holders[1]


def test_they_come_together_with_their_former_gpid_when_it_stops(story: Story) -> None:
    assert "doe@example.com" not in story.values[3]
    assert story.holders[3] == story.holders[0]


def test_a_second_time_brings_the_ids_of_the_first_and_a_new_date(story: Story) -> None:
    assert story.holders[4] == story.holders[1]
    assert story.values[4]["doe@example.com"][2] > story.values[1]["doe@example.com"][2]
    history = [row[3] for row in story.events[4] if row[6] == "doe@example.com"]
    assert history == ["turned generic", "stopped", "turned generic"]


def test_a_known_placeholder_never_held_anything_together(story: Story) -> None:
    assert story.values[0]["+18005551212"][:2] == ("known placeholder", 1)
    assert story.holders[0][THREE] != story.holders[0][FOUR]
