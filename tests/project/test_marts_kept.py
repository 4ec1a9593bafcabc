"""Marts that keep the rows of unchanged parties hold what a build from nothing would put there."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, HISTORIES, Customer360

HEADER = (
    "source_system,source_key,full_name,birth_date,emails,phones,street_address,locality,"
    "postal_code,occupation,identifiers,updated_at"
)
# two records of one loyalty number and birth year are one party, whatever else they say
PARTIES = {
    "1": "sales_cloud,1,John Doe,1980-02-03,john.doe@example.com,+12025550123,12 Main Street,"
    "Springfield,02139,Clerk,loyalty_number:A1,2024-01-01",
    "2": "service_cloud,2,Johnny Doe,1980-02-03,jd@example.com,,14 Main Street,Springfield,02139,"
    "Cook,loyalty_number:A1,2024-02-01",
    "3": "web,3,Jon Doe,1980-05-06,jon@example.org,+12025550177,9 Oak Road,Shelbyville,94105,,"
    "loyalty_number:B1,2024-03-01",
    "4": "sales_cloud,4,Mary Major,1990-10-10,mary@example.org,,1 Elm Street,Ogdenville,94105,"
    "Pilot,loyalty_number:C1,2024-01-01",
    "5": "service_cloud,5,Maria Major,1990-10-10,maria@example.com,+12025550188,,,,,"
    "loyalty_number:C1,2024-02-01",
    "6": "sales_cloud,6,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,千代田1-1,,100-0001,"
    ",,2024-01-01",
    "7": "sales_cloud,7,Ann Able,1966-06-06,ann@example.com,,,,,,loyalty_number:E1,2024-01-01",
    "8": "service_cloud,8,Anna Able,1966-06-06,a.able@example.net,,,,,,loyalty_number:E1,"
    "2024-01-01",
    "9": "web,9,Zoe Zimmer,1999-09-09,zz@zimmer.example,+12025550111,,,,,,2024-01-01",
    "10": "web,10,Quinn Quiet,1988-08-08,quinn@example.com,,5 Calm Way,North Haverbrook,,,,"
    "2024-01-01",
}
OFFICE = {
    key: f"web,{key},{name},19{key}-01-0{place},zz@zimmer.example,,,,,,,2024-01-01"
    for place, (key, name) in enumerate(
        zip(
            ["71", "72", "73", "74", "75", "76"],
            ["Abe Ash", "Bea Birch", "Cy Cedar", "Dot Date", "Eve Elm", "Flo Fir"],
            strict=True,
        ),
        start=1,
    )
}


def merge_split_and_leave(parties: dict[str, str]) -> dict[str, str]:
    """Parties join or fall apart, a record leaves, a name changes, or only how it is written."""
    changed = dict(parties)
    changed["3"] = parties["3"].replace("B1", "A1").replace("1980-05-06", "1980-02-03")
    changed["5"] = parties["5"].replace("C1", "C2").replace("1990-10-10", "1971-01-31")
    changed["6"] = parties["6"].replace("太郎", "次郎")
    del changed["8"]
    # the same to matching
    changed["10"] = parties["10"].replace("Quinn Quiet", "QUINN QUIET")
    return changed


def undo_and_share(parties: dict[str, str]) -> dict[str, str]:
    """All of that is undone; a golden record's source changes; many use one mailbox now."""
    changed = PARTIES | OFFICE
    changed["1"] = PARTIES["1"].replace("12 Main Street", "").replace("Clerk", "Chief")
    return changed


def stop_sharing(parties: dict[str, str]) -> dict[str, str]:
    """The mailbox is one person's again, and other values survive."""
    return {key: row for key, row in parties.items() if key not in OFFICE}


# what changes, other settings, and models that are run alone before the build
ROUNDS: list[tuple[Any, dict[str, Any], tuple[str, ...]]] = [
    (merge_split_and_leave, {}, ()),
    (undo_and_share, {}, ()),
    (
        stop_sharing,
        {"source_priority": ["web", "service_cloud", "sales_cloud"]},
        ("--select", "+party_inputs", "dim_party"),
    ),
]


def deliver(project: Customer360, rows: Iterable[str]) -> None:
    text = "\n".join([HEADER, *rows]) + "\n"
    (project.landing / "files" / "party_records.csv").write_text(text, "utf-8")


def rows_of(project: Customer360) -> dict[str, list[tuple[Any, ...]]]:
    """Every mart, and what identity says of clusters: all rows, without the run that made them."""
    with duckdb.connect(str(project.home / "warehouse.duckdb"), read_only=True) as con:
        con.execute(f"attach '{project.home / 'registry.duckdb'}' as registry (read_only)")
        tables = con.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_catalog = 'warehouse' and (table_schema = 'marts' or table_name in"
            " ('identity_party_tree', 'identity_clusters', 'identity_review_queue'))"
            f" and table_name not in {('publish', *HISTORIES)} order by all"
        ).fetchall()
        return {
            name: con.execute(f"from {schema}.{name} order by all").fetchall()
            for schema, name in tables
        }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("kept")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    deliver(project, PARTIES.values())
    project.run(variables=FILES_ONLY)
    return project


def test_after_every_change_the_marts_are_those_of_a_build_from_nothing(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path / "kept")
    parties = dict(PARTIES)
    before = rows_of(project)
    for number, (change, variables, alone) in enumerate(ROUNDS):
        parties = change(parties)
        deliver(project, parties.values())
        if alone:
            project.run(*alone, variables=FILES_ONLY | variables)
        project.run(variables=FILES_ONLY | variables)
        anew = project.copy_to(tmp_path / f"anew_{number}")
        anew.run("--full-refresh", variables=FILES_ONLY | variables)
        kept = rows_of(project)
        for name, rows in rows_of(anew).items():
            assert kept[name] == rows, f"{name} after {change.__name__}"
        changed = {name for name in kept if kept[name] != before[name]}
        assert changed >= {"dim_party", "party_attribute_source", "party_contact_point"}
        before = kept


def test_rows_of_unchanged_parties_are_not_made_again(built: Customer360, tmp_path: Path) -> None:
    """What somebody writes over the rows of two parties stays where nothing changed."""
    project = built.copy_to(tmp_path)
    deliver(project, (PARTIES | {"6": PARTIES["6"].replace("太郎", "次郎")}).values())
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        for table in ("dim_party", "party_attribute_source", "party_contact_point", "span"):
            schema = "identity" if table == "span" else "marts"
            column = {"dim_party": "locality", "span": "link_type"}.get(table, "value")
            con.execute(f"update {schema}.{table} set {column} = 'written over'")
    project.run(variables=FILES_ONLY)
    named = dict(
        project.warehouse(
            "select display_name, locality is not distinct from 'written over' from marts.dim_party"
        )
    )
    assert named.pop("田中次郎") is False
    assert set(named.values()) == {True}
    for table in ("party_attribute_source", "party_contact_point"):
        assert project.warehouse(
            "select display_name = '田中次郎' as is_changed,"
            f" bool_and(kept.value = 'written over'), bool_or(kept.value = 'written over')"
            f" from marts.{table} as kept inner join marts.dim_party using (gpid)"
            " group by is_changed order by is_changed"
        ) == [(False, True, True), (True, False, False)]
    assert project.warehouse("select distinct link_type from identity.span") == [("written over",)]


def test_tables_of_a_version_with_other_columns_are_made_anew(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    deliver(project, PARTIES.values())
    before = rows_of(project)
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        con.execute("alter table marts.party_contact_point drop column is_preferred")
        con.execute("alter table marts.party_attribute_source add column former integer")
        con.execute("alter table marts.party_search_terms alter record_count type varchar")
    # a new version has other code, too; without a change every table would be left as it is
    project.run(variables=FILES_ONLY | {"source_priority": ["web"]})
    project.run(variables=FILES_ONLY)
    assert rows_of(project) == before


def test_bookkeeping_is_not_published(built: Customer360) -> None:
    for is_restricted in (False, True):
        published = built.query(
            "select table_name from duckdb_columns()"
            " where column_name in ('input_hash', 'made_by', 'component_hash')",
            restricted=is_restricted,
        )
        assert published == []
