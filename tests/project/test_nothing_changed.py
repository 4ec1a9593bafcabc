"""A build that finds everything as the last one left it writes nothing but that it ran."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, WITHOUT_TESTS, Customer360, explain

PARTIES = """source_key,full_name,birth_date,emails
1,John Doe,1980-02-03,john.doe@example.com
2,"Doe, John",1980-02-03,john.doe@example.com
3,Mary Major,1990-10-10,mary@example.org
"""


def build(project: Customer360, **variables: object) -> set[str]:
    """Build, and say which models and seeds were made; the others were left as they are."""
    return project.made({**FILES_ONLY, **variables})


def fingerprints(home: Path) -> dict[str, str]:
    """What is in the files that outlive a build."""
    files = [home / "registry.duckdb", *(home / "published").iterdir()]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def tables(home: Path) -> dict[tuple[str, str], int]:
    """Every table of the warehouse by the number that it got when it was made."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return {
            (schema, name): number
            for schema, name, number in con.execute(
                "select schema_name, table_name, table_oid from duckdb_tables()"
                " where database_name = 'warehouse' union all"
                " select schema_name, view_name, view_oid from duckdb_views()"
                " where database_name = 'warehouse' and not internal"
            ).fetchall()
        }


@pytest.fixture
def built(fresh: Customer360, write_parties: Callable[[str], None]) -> Customer360:
    write_parties(PARTIES)
    made = build(fresh)
    assert {"dim_party", "match", "publish", "steward_decisions"} <= made
    return fresh


def test_nothing_changed_nothing_written(built: Customer360) -> None:
    files, kept = fingerprints(built.home), tables(built.home)
    assert build(built) == set()
    assert fingerprints(built.home) == files
    assert tables(built.home) == kept
    runs = built.warehouse("select has_written, is_complete from main.build_runs order by all")
    assert runs == [(False, True), (True, True)]


def test_whatever_changes_is_built(
    built: Customer360, write_parties: Callable[[str], None]
) -> None:
    made = build(built, review_from_bits=-2)
    assert {"identity_doubtful_joins", "publish"} <= made, "a variable"
    assert not {"match", "bridge_party_source"} & made, "a variable that they do not read"
    write_parties(PARTIES + "4,Ann Other,,\n")
    made = build(built, review_from_bits=-2)
    assert {"int_party_records", "match", "bridge_party_source", "publish"} <= made, "an extract"
    assert ("files/main/party/4",) in built.query("select record_key from bridge_party_source")
    assert build(built, review_from_bits=-2) == set()
    (built.home / "published" / "customer360.duckdb").unlink()
    assert "publish" in build(built, review_from_bits=-2), "no publication"
    assert built.query("select count(*) from bridge_party_source") == [(4,)]


def test_a_run_that_did_not_end_may_have_written_anything(built: Customer360) -> None:
    with duckdb.connect(str(built.home / "warehouse.duckdb")) as con:
        con.execute(
            "insert into main.build_runs select run_number + 1, 'killed', started_at, null,"
            " inputs_fingerprint, null, null, false from main.build_runs"
        )
    assert "publish" in build(built)
    assert build(built) == set()


def test_building_a_part_leaves_the_whole_to_be_built(built: Customer360) -> None:
    result = built.dbt(
        "run", "--select", "dim_party", variables={**FILES_ONLY, "source_priority": ["web"]}
    )
    assert result.success, explain(result)
    assert "publish" in build(built)


def test_a_full_refresh_builds_everything(built: Customer360) -> None:
    before = built.holders()
    result = built.dbt("build", "--full-refresh", *WITHOUT_TESTS, variables=FILES_ONLY)
    assert result.success, explain(result)
    assert [n.node.name for n in result.result if n.message == "AS IT IS"] == []
    assert built.holders() == before
