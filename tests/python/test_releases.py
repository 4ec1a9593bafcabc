"""Which release a build may score with, and what makes it stop."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from customer360 import releases
from customer360.matching import model
from customer360.matching.fingerprint import code_text, library_versions, scoring_hash
from customer360.matching.model import PartyType
from customer360.matching.release import COMPARISONS, Release, ReleaseError
from customer360.registry import create_tables
from customer360.releases import carry_over, check_release, releases_in_force

STORED = "registry.main.model_releases"
PARAMETERS = Release(
    party_type=PartyType.PERSON,
    record_count=10,
    chances={
        (comparison.name, level.name): level.u
        for comparison in COMPARISONS[PartyType.PERSON]
        for level in comparison.levels
        if level.u is not None
    },
    error_rates={},
    between_share=0.01,
    within_share=0.01,
    household_share=0.01,
    matches_per_record=0.5,
).to_json()


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A registry with one release of the person model, fitted with what is installed."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as registry")
        create_tables(connection)
        store(connection, "release-1")
        yield connection


def store(
    con: duckdb.DuckDBPyConnection,
    name: str,
    *,
    content_hash: str | None = None,
    versions: dict[str, str] | None = None,
) -> None:
    con.execute(
        f"insert into {STORED} values (?, 'person', now()::timestamp, ?, ?, ?)",
        [
            name,
            content_hash or scoring_hash(PartyType.PERSON),
            PARAMETERS,
            json.dumps(json.loads(library_versions()) | (versions or {})),
        ],
    )
    con.execute(
        "insert into registry.main.release_frequencies values (?, 'person', 'family', 'doe', 0.1)",
        [name],
    )


def test_a_release_scores_with_what_it_was_fitted_with(con: duckdb.DuckDBPyConnection) -> None:
    assert releases_in_force(con, STORED, "release-1")[PartyType.PERSON].record_count == 10


def test_an_empty_registry_lets_the_first_build_fit(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"delete from {STORED}")
    check_release(con, STORED, "release-7")


def test_an_unknown_number_stops_and_says_what_there_is(con: duckdb.DuckDBPyConnection) -> None:
    store(con, "release-10")
    store(con, "release-2")
    with pytest.raises(ReleaseError) as error:
        check_release(con, STORED, "release-3")
    assert "asks for release-3" in str(error.value)
    assert "holds release-1, release-2, release-10" in str(error.value)
    assert "make train" in str(error.value)


@pytest.mark.parametrize("library", ["duckdb", "splink"])
def test_another_version_of_a_scoring_library_stops(
    con: duckdb.DuckDBPyConnection, library: str
) -> None:
    store(con, "release-2", versions={library: "0.1"})
    with pytest.raises(ReleaseError, match=f"{library} was 0.1 and is ") as error:
        check_release(con, STORED, "release-2")
    assert "make train KEEP=1" in str(error.value)


def test_another_version_of_the_project_alone_does_not_stop(
    con: duckdb.DuckDBPyConnection,
) -> None:
    store(con, "release-2", versions={"customer360": "0.0.1"})
    check_release(con, STORED, "release-2")


def test_another_scoring_stops(con: duckdb.DuckDBPyConnection) -> None:
    store(con, "release-2", content_hash="0123456789abcdef")
    with pytest.raises(ReleaseError, match="scoring code of the person model have changed"):
        releases_in_force(con, STORED, "release-2")


def test_changed_scoring_code_is_noticed_and_a_comment_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = scoring_hash(PartyType.PERSON)
    file = tmp_path / "model.py"
    source = Path(str(model.__file__)).read_text("utf-8")
    monkeypatch.setattr(model, "__file__", str(file))
    file.write_text(source + "\n\n# a remark\n", "utf-8")
    assert scoring_hash(PartyType.PERSON) == before
    file.write_text(source + "\nSOMETHING = 1\n", "utf-8")
    assert scoring_hash(PartyType.PERSON) != before


def test_the_text_of_code_has_no_comments_docstrings_and_empty_lines() -> None:
    source = '''"""What it is.

In several lines.
"""

X = "# no comment"  # a comment


def f():
    """What is true afterwards."""
    # why
    return """kept: a value"""
'''
    assert code_text(source).splitlines() == [
        'X = "# no comment"',
        "def f():",
        '    return """kept: a value"""',
    ]


def test_a_carried_over_release_keeps_its_parameters_and_frequencies(
    con: duckdb.DuckDBPyConnection,
) -> None:
    store(con, "release-2", content_hash="former", versions={"duckdb": "1.0"})
    carry_over(con, registry="registry.main", release_id="release-2", candidate_id="release-3")
    check_release(con, STORED, "release-3")
    kept = con.execute(f"select parameters from {STORED} where release_id = 'release-3'")
    assert kept.fetchall() == [(PARAMETERS,)]
    frequencies = con.execute(
        "select * exclude (release_id) from registry.release_frequencies"
        " where release_id = 'release-3'"
    )
    assert frequencies.fetchall() == [("person", "family", "doe", 0.1)]


def test_parameters_that_do_not_fit_the_comparisons_are_not_carried_over(
    con: duckdb.DuckDBPyConnection,
) -> None:
    stored = json.loads(PARAMETERS)
    stored["chances"] = stored["chances"][1:]
    con.execute(f"update {STORED} set parameters = ?", [json.dumps(stored)])
    with pytest.raises(ReleaseError, match="u is None"):
        carry_over(con, registry="registry.main", release_id="release-1", candidate_id="release-2")


def test_numbers_and_names_of_releases_go_together() -> None:
    assert releases.release_number(releases.release_id(12)) == 12
