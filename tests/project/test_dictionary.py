"""The data dictionary tells everything about every published table, and who reads it."""

import csv
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from customer360.dictionary import Table, as_csv, render
from customer360_dbt.dictionary import published_tables
from tests.project.builds import Customer360


@pytest.fixture(scope="module")
def manifest(demo: Customer360) -> dict[str, Any]:
    return json.loads((demo.scratch / "target" / "manifest.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tables(manifest: dict[str, Any]) -> dict[str, Table]:
    return {table.name: table for table in published_tables(manifest)}


class Page(HTMLParser):
    """What a page refers to, and the text of its articles."""

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.texts: dict[str, str] = {}
        self._article: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.references += [given[name] or "" for name in ("src", "href") if name in given]
        if tag == "article":
            self._article = given["id"] or ""
            self.texts[self._article] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._article = None

    def handle_data(self, data: str) -> None:
        if self._article is not None:
            self.texts[self._article] += data


@pytest.fixture(scope="module")
def page(tables: dict[str, Table]) -> Page:
    page = Page()
    page.feed(render(list(tables.values())))
    return page


@pytest.mark.parametrize("restricted", [False, True])
def test_every_published_column_is_told_of(
    restricted: bool, demo: Customer360, tables: dict[str, Table]
) -> None:
    columns = "select table_name, column_name from duckdb_columns() where not internal"
    published = set(demo.query(columns, restricted=restricted))
    told = {
        (table.name, column.name)
        for table in tables.values()
        for column in (table.columns if restricted else table.open_columns)
    }
    assert told == published


def test_the_page_says_it_all_and_fetches_nothing(page: Page, tables: dict[str, Table]) -> None:
    assert set(page.texts) == set(tables)
    for table in tables.values():
        text = " ".join(page.texts[table.name].split())
        told = [table.grain, *table.tests, *table.parents, *table.metrics]
        told += [each for column in table.columns for each in (column.name, column.description)]
        assert [each for each in told if " ".join(each.split()) not in text] == []
    assert [each for each in page.references if not each.startswith("#")] == []
    assert {each.removeprefix("#") for each in page.references} <= set(tables)


def test_an_order_is_traced_to_the_shops_and_the_registry(tables: dict[str, Table]) -> None:
    orders = tables["fct_orders"]
    assert orders.parents == ("int_orders", "record_parties")
    upstream = dict(orders.upstream)
    assert {"commerce_cloud.order", "registry.gpid_events"} & set(upstream["sources"])
    assert "stg_commerce_cloud__orders" in upstream["staging"]
    assert "gpid_events" in upstream["identity"]
    assert {"revenue", "average_order_value", "active_customers"} <= set(orders.metrics)
    assert "Revenue reporting" in {reader.name for reader in orders.readers}


def test_tests_are_told_in_words(tables: dict[str, Table]) -> None:
    party = {column.name: column for column in tables["dim_party"].columns}
    assert party["gpid"].is_never_null
    assert party["gpid"].tests == ("unique",)
    assert party["party_type"].tests == ("one of person, organization",)
    assert party["source_record_count"].tests == ("at least 1",)
    assert not party["email"].is_never_null
    months = tables["customer_months"]
    assert "one row per gpid, month_start" in months.tests
    assert "found in dim_party.gpid" in months.columns[0].tests
    assert any(test.startswith("Customers at the start of a month are") for test in months.tests)
    odd = re.compile(r"^assert_|\{\{|  ")
    assert [t for table in tables.values() for t in table.tests if not t or odd.search(t)] == []


def test_the_form_in_the_open_file_is_told(tables: dict[str, Table]) -> None:
    party = {column.name: column.in_open_file for column in tables["dim_party"].columns}
    assert party["email"] == "–"
    assert party["email_domain"] == party["gpid"] == "as it is"
    assert party["organization_name"] == "of organizations only"
    rows = list(csv.DictReader(as_csv(list(tables.values())).splitlines()))
    assert {row["in_open_file"] for row in rows if row["table"] == "party_contact_point"} == {"–"}
    assert {"input_hash", "made_by"} & {row["column"] for row in rows} == set()


def test_somebody_reads_every_table_and_nobody_more_than_the_file_has(
    manifest: dict[str, Any], tables: dict[str, Table]
) -> None:
    unread = {table.name for table in tables.values() if not table.readers} - {"build_info"}
    assert unread == set(), "say in models/exposures/_exposures.yml who reads it"
    published = {
        node["unique_id"]: tables[node["config"]["meta"].get("published_as", node["name"])]
        for identifier in manifest["nodes"]["model.customer360.publish"]["depends_on"]["nodes"]
        if (node := manifest["nodes"][identifier])["columns"]
    }
    for exposure in manifest["exposures"].values():
        file = exposure["config"]["meta"]["file"]
        assert file in ("open", "restricted"), exposure["name"]
        read = [n for n in exposure["depends_on"]["nodes"] if n.startswith("model.")]
        assert set(read) <= set(published), f"{exposure['name']} reads what is not published"
        if file == "open":
            restricted = [published[n].name for n in read if published[n].is_restricted]
            assert restricted == [], f"{exposure['name']} is given the open file only"
