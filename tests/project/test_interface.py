"""What readers were promised of the published files is what a build publishes."""

import json
from typing import Any

import duckdb
import pytest

from customer360 import interface
from customer360.interface import BREAKING_CHANGES, SNAPSHOT, File, Kind, Promise
from customer360_dbt.dictionary import published_tables
from tests.project.builds import PROJECT, Customer360

FILES = {File.BOTH: "customer360.duckdb", File.RESTRICTED: "customer360_restricted.duckdb"}
HOW_TO_ACCEPT = (
    "The published tables are not those of interface/published.csv. If that is meant:"
    " make interface. A change that breaks a query is announced first, in"
    " interface/breaking_changes.csv."
)


@pytest.fixture(scope="module")
def manifest(demo: Customer360) -> dict[str, Any]:
    return json.loads((demo.scratch / "target" / "manifest.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def promised() -> list[Promise]:
    return interface.read_snapshot((PROJECT / SNAPSHOT).read_text("utf-8"))


def test_what_the_models_declare_is_what_was_promised(
    manifest: dict[str, Any], promised: list[Promise]
) -> None:
    present = interface.declared(published_tables(manifest))
    changes = [str(change) for change in interface.compare(promised, present)]
    assert changes == [], HOW_TO_ACCEPT
    assert interface.as_csv(present) == (PROJECT / SNAPSHOT).read_text("utf-8"), HOW_TO_ACCEPT


@pytest.mark.parametrize("file", list(File))
def test_what_is_published_is_what_was_promised(
    file: File, demo: Customer360, promised: list[Promise]
) -> None:
    expected = {
        promise.key: promise.data_type
        for promise in promised
        if file is File.RESTRICTED or promise.file is File.BOTH
    }
    with duckdb.connect(str(demo.home / "published" / FILES[file]), read_only=True) as con:
        assert interface.found(con) == expected, HOW_TO_ACCEPT
        tables = {
            name for name, _ in con.execute("select table_name, 1 from duckdb_tables()").fetchall()
        }
        for table in tables:
            filled = [p.column for p in promised if p.name == table and not p.nullable]
            filled = [column for column in filled if (table, column) in expected]
            nulls = " or ".join(f'"{column}" is null' for column in filled) or "false"
            ((count,),) = con.execute(f'select count(*) from "{table}" where {nulls}').fetchall()
            assert count == 0, f"{table} has rows without a value in one of {filled}"


def test_what_was_announced_as_broken_is_so(promised: list[Promise]) -> None:
    lines = interface.read_announcements((PROJECT / BREAKING_CHANGES).read_text("utf-8"))
    by_key = {promise.key: promise for promise in promised}
    names = {promise.name for promise in promised}
    last = {(line.change.name, line.change.column, line.change.kind): line for line in lines}
    for line in last.values():
        change = line.change
        match change.kind:
            case Kind.REMOVED if change.column == "*":
                assert change.name not in names, line
            case Kind.REMOVED:
                assert (change.name, change.column) not in by_key, line
            case Kind.TYPE:
                promise = by_key.get((change.name, change.column))
                assert promise is None or promise.data_type == change.now, line


def test_every_published_table_is_a_contract(manifest: dict[str, Any]) -> None:
    publish = manifest["nodes"]["model.customer360.publish"]
    without = [
        node["name"]
        for identifier in publish["depends_on"]["nodes"]
        if (node := manifest["nodes"][identifier])["columns"]
        and not (node["config"]["contract"]["enforced"] and node["language"] == "sql")
    ]
    assert without == []
