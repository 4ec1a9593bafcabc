"""Who asks gets everything that is held about them, and nothing about anybody else."""

import csv
import json
import re
import stat
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from customer360 import erasure
from customer360.access import (
    EXPORTED,
    NOT_EXPORTED,
    PAGE,
    Section,
    Subject,
    Table,
    collect,
    find_subject,
    write,
)
from customer360.keys import IdKey
from customer360.landing.spec import known_systems, load_system
from customer360_dbt import access
from customer360_dbt.dry_run import settings_of
from tests.project.builds import FILES_ONLY, PROJECT, Customer360
from tests.project.canaries import VARIABLES, World

# a column by which a row is about a party
_KEY_COLUMN = re.compile("gpid|record_key|cluster_id")


def ask(
    project: Customer360,
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    variables: dict[str, Any] | None = None,
) -> int:
    """Run the command as `make access-request` does."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("CUSTOMER360_HOME", str(project.home))
    monkeypatch.setenv("CUSTOMER360_LANDING", str(project.landing))
    return access.main([*arguments, "--vars", json.dumps(variables or {})])


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8-sig") for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The files about every party of the world of canaries, by GPID; extracts are read once."""
    folder, project = tmp_path_factory.mktemp("asked"), world.project
    settings = settings_of(VARIABLES)
    key = IdKey.from_environment({}, allow_development_key=True)
    files = {}
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        erasure.opened(project.home) as con,
        duckdb.connect() as extracts,
    ):
        monkeypatch.chdir(PROJECT)
        access.read_extracts(extracts, project.home, project.landing, settings, key)
        for gpid in sorted(set(project.holders().values())):
            whom = find_subject(con, key, subject=gpid, request_id=None)
            tables = collect(con, extracts, whom, project=PROJECT, systems=settings.systems)
            write(folder / gpid, whom, tables, at=datetime(2026, 1, 1))
            files[gpid] = texts(folder / gpid)
    return files


# nobody knows whose it is: its row has no key, and says nothing that anybody else says
_NOBODYS = {"unusable/full_name"}


def test_every_canary_is_in_the_export_of_its_person_and_in_no_other(
    world: World, exported: dict[str, dict[str, str]]
) -> None:
    holders = world.project.holders()
    in_files = {gpid: {kind: set[str]() for kind in ("csv", "json", "html")} for gpid in exported}
    for gpid, files in exported.items():
        for name, text in files.items():
            in_files[gpid][name.rsplit(".", 1)[1]] |= world.canaries.found(text)
    for gpid, found in in_files.items():
        assert found["csv"] == found["json"] == found["html"], gpid
    owners: dict[str, set[str]] = {place: set() for place in world.canaries.values}
    for gpid, found in in_files.items():
        for place in found["json"]:
            owners[place].add(gpid)
    assert {place for place, gpids in owners.items() if not gpids} == _NOBODYS
    assert {place: gpids for place, gpids in owners.items() if len(gpids) > 1} == {}
    # the rows of parties themselves are of who has the key
    for key, gpid in holders.items():
        system, instance, name, _ = key.split("/", 3)
        rows = [
            place
            for place, gpids in owners.items()
            if place.startswith(f"{system}/{instance}/{name}/") and gpids == {gpid}
        ]
        assert rows or name in ("guest_order", "guest_booking", "user", "party"), key


def test_every_table_that_carries_a_key_is_exported_or_has_a_reason_not_to_be(
    demo: Customer360,
) -> None:
    carrying, existing = set(), set()
    for file, schema in (("warehouse.duckdb", None), ("registry.duckdb", "registry")):
        with duckdb.connect(str(demo.home / file), read_only=True) as con:
            columns = con.execute(
                "select schema_name, table_name, column_name from duckdb_columns()"
                " where database_name = current_database() and not internal"
            ).fetchall()
        for own_schema, table, column in columns:
            # extracts are looked at below; staging hands on what they deliver
            if own_schema in ("landing", "landing_raw", "staging"):
                continue
            place = f"{schema or own_schema}.{table}"
            existing.add(place)
            if _KEY_COLUMN.search(column):
                carrying.add(place)
    for system in known_systems(PROJECT):
        for spec in load_system(PROJECT, system).tables:
            place = f"landing.{spec.view}"
            existing.add(place)
            if not spec.meta.about:
                carrying.add(place)
    # whose rows are those of segment_members
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]
    carrying -= {f"marts.segment_{segment}" for segment in variables["segments"]}
    assert carrying - set(EXPORTED) - set(NOT_EXPORTED) == set(), (
        "give the table a part in EXPORTED of src/customer360/access.py, or a reason in"
        " NOT_EXPORTED; an extract says in its YAML who a row is about (docs/access.md)"
    )
    assert (set(EXPORTED) | set(NOT_EXPORTED)) - existing == set()
    assert set(EXPORTED) & set(NOT_EXPORTED) == set()
    assert len(carrying) > 60


def test_what_is_published_comes_from_tables_that_the_rule_looks_at(demo: Customer360) -> None:
    manifest = json.loads((demo.scratch / "target" / "manifest.json").read_text("utf-8"))
    known = {
        node["config"]["meta"].get("published_as", node["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and f"{node['schema']}.{node['name']}" in {*EXPORTED, *NOT_EXPORTED}
    }
    with duckdb.connect(
        str(demo.home / "published" / "customer360_restricted.duckdb"), read_only=True
    ) as con:
        columns = con.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    carrying = {table for table, column in columns if _KEY_COLUMN.search(column)}
    assert len(carrying) > 15
    assert carrying - known == set()


def test_formulas_are_texts_in_the_files_and_html_is_text_on_the_page(tmp_path: Path) -> None:
    values = [
        "=1+1",
        "+81901",
        "-2",
        "@x",
        "\ty",
        "\rz",
        "plain",
        "a=b",
        "<script>alert(1)</script>",
    ]
    rows = [{"=column": value, "number": -2, "many": ["=1"]} for value in values]
    write(
        tmp_path / "out",
        Subject("P", "=P"),
        [Table("marts.dim_party", "Values", Section.WHO, rows)],
        at=datetime(2026, 1, 1),
    )
    with (tmp_path / "out" / "dim_party.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *read = list(csv.reader(file))
    assert header == ["'=column", "number", "many"]
    assert [row[0] for row in read] == [
        *(f"'{value}" for value in values[:6]),
        *values[6:],
    ]
    assert {row[1] for row in read} == {"-2"}
    assert {row[2] for row in read} == {'["=1"]'}
    page = (tmp_path / "out" / PAGE).read_text("utf-8")
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page
    # the machine's file has the values as they are
    data = json.loads((tmp_path / "out" / "data.json").read_text("utf-8"))
    assert [row["=column"] for row in data["tables"][0]["rows"]] == values


class _Links(HTMLParser):
    """What a page would load, and where it would lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href")]


_HEADER = "source_system,source_key,full_name,birth_date,emails,postal_code,updated_at\n"
_BEFORE = (
    _HEADER
    + "crm,1,山本 花子,1980-01-02,hanako@example.jp,150-0001,2026-01-01\n"
    + "crm,2,ヤマモト ハナコ,,h.yamamoto@example.jp,,2026-01-01\n"
    + "crm,3,佐藤 一郎,1971-03-04,ichiro@example.jp,530-0001,2026-01-01\n"
)
_AFTER = (
    _HEADER
    + "crm,1,山本 花子,1980-01-02,hanako@example.jp,150-0001,2026-01-01\n"
    + "crm,2,山本 花子,1980-01-02,hanako@example.jp,150-0001,2026-02-01\n"
    + "crm,3,佐藤 一郎,1971-03-04,ichiro@example.jp,530-0001,2026-01-01\n"
    # a row without a key says an address that only she has
    + "crm,,,,hanako@example.jp,,\n"
)


def test_a_retired_gpid_is_followed_and_everything_is_entered_in_the_audit(
    fresh: Customer360,
    write_parties: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_parties(_BEFORE)
    fresh.run(variables=FILES_ONLY)
    before = fresh.holders()
    assert len(set(before.values())) == 3
    write_parties(_AFTER)
    fresh.run(variables=FILES_ONLY | {"max_churn": 1})
    ((retired, live),) = fresh.query("select retired_gpid, live_gpid from gpid_redirect")
    folder = fresh.home / "access" / live
    other = before["crm/main/party/3"]

    assert ask(fresh, monkeypatch, retired, variables=FILES_ONLY) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    data = json.loads((folder / "data.json").read_text("utf-8"))
    rows = {each["table"]: each["rows"] for each in data["tables"]}
    assert data["gpid"] == live and data["asked_as"] == retired
    assert {row["record_key"] for row in rows["marts.bridge_party_source"]} == {
        "crm/main/party/1",
        "crm/main/party/2",
    }
    assert [row["row_number"] for row in rows["marts.quarantined_records"]] == [4]
    # a column of the extract that is called as one of the export's own
    assert {row["source_system"] for row in rows["landing.files__party_records"]} == {"files"}
    assert {row["source_system (delivered)"] for row in rows["landing.files__party_records"]} == {
        "crm"
    }
    assert [row["retired_gpid"] for row in rows["marts.gpid_redirect"]] == [retired]
    assert {row["event_type"] for row in rows["registry.gpid_events"]} >= {"minted", "merged"}
    links = _Links()
    links.feed((folder / PAGE).read_text("utf-8"))
    assert links.found and all(each.startswith("#") for each in links.found)
    assert not any(re.search("ichiro|party/3|佐藤", text) for text in texts(folder).values())

    (folder / "stale.csv").write_text("old")
    assert ask(fresh, monkeypatch, "crm/main/party/2", variables=FILES_ONLY) == 0
    assert not (folder / "stale.csv").exists()

    for subject, complaint in (
        ("crm/main/party/9", "no record and no party"),
        (live[:-1] + ("0" if live[-1] != "0" else "1"), "typing error"),
        ("--request=r1", "has seen no request r1"),
    ):
        capsys.readouterr()
        assert ask(fresh, monkeypatch, subject, variables=FILES_ONLY) == 1
        assert complaint in capsys.readouterr().err
    assert sorted(path.name for path in folder.parent.iterdir()) == [live]
    assert other != live

    with duckdb.connect(str(fresh.home / "registry.duckdb"), read_only=True) as con:
        audit = con.execute(
            "select request_id, action, gpid, record_count from privacy_audit order by entry_number"
        ).fetchall()
    assert audit == [("without a request", "exported", live, 2)] * 2
