"""Nobody's data where it should not be: canaries in every column that may hold a person's data.

A landing folder with two rows in every extract of every adapter is built; each column of class
`direct`, `quasi` or `sensitive` holds a value that is nowhere else. Afterwards no canary may be
found in the open file, under `target/` or in the logs: not as it was delivered, not folded, not as
its digits, not as a hash that anybody could compute. All that the scan has to find in the
restricted file, and what is planted for it, shows that it can.
"""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from customer360.landing.spec import ColumnSpec, Kind, TableSpec, load_system
from customer360.privacy import PrivacyClass
from tests.project.builds import PROJECT, WITHOUT_TESTS, Customer360

PLACES = [
    "sales_cloud/main",
    "service_cloud/main",
    "marketing_cloud/main",
    "commerce_cloud/jp",
    "commerce_cloud/us",
    "web/main",
    "files/main",
]
PERSONAL_KEYS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"][
    "personal_keys"
]
# the second key of the files adapter is a telephone number, which no @ gives away
VARIABLES = {"personal_keys": [*PERSONAL_KEYS, "files/*/party"]}

# what the open file may have as it was delivered: the coarse forms of docs/privacy.md
_COARSE = re.compile("region|state|prefecture|country|gender|website", re.IGNORECASE)
# raw columns that no published table is made of
_NOT_PUBLISHED = re.compile(
    # matching looks at them; of a person's account it looks at the person's columns
    "party_records/(full_name|birth_place|identifiers|national_identifier)|(contact|lead)/Name"
    "|account/(Name|AccountNumber|Industry|Billing|Shipping)"
    # one of an order's two addresses is taken
    "|order/(billing|shipping)"
    # nobody reads them
    "|SubscriberID|basket/email|case/Supplied|page_event/(city|referrer)"
)


@dataclass
class Canaries:
    """Values that are nowhere else, and the forms by which they would be recognised."""

    values: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def number(self) -> int:
        """Of the next canary, from 1."""
        return len(self.values) + 1

    def add(self, place: str, value: str, *, has_digits_that_tell: bool = False) -> str:
        """Remember a value; returns it."""
        self.values[place] = value
        forms = {value, value.lower(), value.upper(), folded(value)}
        if has_digits_that_tell:
            digits = re.sub(r"\D", "", value)
            forms |= {digits, "+81" + digits[1:], "81" + digits[1:]}
            self.plain |= dict.fromkeys([digits, digits[1:]], place)
        self.plain[folded(value)] = place
        for form in forms:
            for algorithm in ("md5", "sha1", "sha256"):
                self.hashes[hashlib.new(algorithm, form.encode()).hexdigest()] = place
        return value

    def found(self, text: str) -> set[str]:
        """The places of the canaries that the text holds in any form."""
        text = folded(text)
        places = {place for needle, place in self.plain.items() if needle in text}
        for run in re.findall("[0-9a-f]{32,}", text):
            for length in (32, 40, 64):
                windows = (run[i : i + length] for i in range(len(run) - length + 1))
                places |= {self.hashes[window] for window in windows if window in self.hashes}
        return places


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def word(number: int) -> str:
    """A name that nobody has."""
    letters = ""
    for _ in range(3):
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
    return "Zqx" + letters


def canary(canaries: Canaries, place: str, column: str) -> str:
    """A value of the kind that the column holds."""
    number = canaries.number()
    name = column.lower()
    if "email" in name or name == "login":
        return canaries.add(place, f"{word(number)}@canary.example.com")
    if "phone" in name:
        return canaries.add(place, f"090-7777-{number:04d}", has_digits_that_tell=True)
    if "birthda" in name or "birth_da" in name:
        return canaries.add(place, str(date(1931, 1, 1) + timedelta(days=number)))
    if "postal" in name:
        return canaries.add(place, f"998-{number:04d}")
    if "url" in name or name == "referrer":
        return canaries.add(place, f"https://shop.example.com/account/{word(number)}")
    if "street" in name or "address1" in name:
        return canaries.add(place, f"{number} {word(number)} Street")
    if name == "identifiers":
        return "handle:" + canaries.add(place, word(number))
    return canaries.add(place, word(number))


def salesforce_id(prefix: str, row: int) -> str:
    return f"{prefix}5g00000009{row:02d}AAA"


# ids that lead from one extract to another, by column
LINKS: dict[str, Callable[[int], str]] = {
    "AccountId": lambda row: salesforce_id("001", row),
    "ContactId": lambda row: salesforce_id("003", row),
    "WhoId": lambda row: salesforce_id("003", row),
    "WhatId": lambda row: salesforce_id("006", row),
    "OpportunityId": lambda row: salesforce_id("006", row),
    "customerNo": lambda row: f"C{row}",
    "customerId": lambda row: f"customer-{row}",
    "orderNo": lambda row: f"O{row}",
    "user_id": lambda row: f"U{row}",
    "event_name": lambda row: "page_view",
    "source_system": lambda row: "files",
    "source_instance": lambda row: "main",
    "source_object": lambda row: "party",
    "party_type": lambda row: "person",
}
PREFIXES = {"account": "001", "contact": "003", "lead": "00Q", "opportunity": "006", "case": "500"}


def cell(
    canaries: Canaries, place: str, table: TableSpec, column: ColumnSpec, row: int
) -> str | None:
    """What one row of one extract has in one column."""
    where = f"{place}/{table.name}/{column.name}/{row}"
    name = column.name
    if name == "SubscriberKey":
        # one and the same in all extracts: an address, and a telephone number
        known = f"{place}/subscriber/SubscriberKey/{row}"
        if known not in canaries.values:
            if row == 0:
                canaries.add(known, "Zqx.Subscriber@canary.example.com")
            else:
                canaries.add(known, "09066660001", has_digits_that_tell=True)
        return canaries.values[known]
    if name == "source_key":
        if row == 0:
            return canaries.add(where, "Zqx.Member@canary.example.com")
        return canaries.add(where, "09055550001", has_digits_that_tell=True)
    if name == "anonymous_id":
        return canaries.add(where, f"cookie-zqx-{row}")
    if name == "Id":
        return salesforce_id(PREFIXES.get(table.name, "00T"), row)
    if name == "ParentId":
        return salesforce_id("500", row) if table.name == "case_comment" else None
    if name in ("customerNo", "customerId") and table.name == "order" and row == 1:
        return "a guest's"
    if name in LINKS:
        return LINKS[name](row)
    if column.kind is Kind.BOOLEAN:
        is_true = name in ("IsPersonAccount", "preferred") or (name == "guest" and row == 1)
        return str(is_true).lower()
    privacy = (column.meta.model_extra or {})["privacy"]
    if "birth" not in name.lower() and column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return f"2026-05-0{row + 1}"
    if column.kind in (Kind.BIGINT, Kind.DOUBLE, Kind.DECIMAL):
        return str(row + 1)
    if privacy == PrivacyClass.NONE:
        return f"{name}-{row}" if name in table.meta.key else None
    if _COARSE.search(name) or name.endswith(("Id", "_ID__c")):
        return None
    return canary(canaries, where, name)


@dataclass
class World:
    """A project that was built over canaries."""

    project: Customer360
    canaries: Canaries

    @property
    def published(self) -> Path:
        return self.project.home / "published"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("canaries")
    canaries = Canaries()
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    for place in PLACES:
        system, instance = place.split("/")
        into = project.landing / system / (instance if instance != "main" else "")
        into.mkdir(parents=True)
        for table in load_system(PROJECT, system).tables:
            columns = table.columns
            rows = [[cell(canaries, place, table, c, row) for c in columns] for row in (0, 1)]
            with (into / f"{table.file}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([[c.name for c in columns], *rows])
    # a record that cannot be used, and a value that cannot be read
    parties = project.landing / "files" / "party_records.csv"
    header = parties.read_text("utf-8").splitlines()[0].split(",")
    for key, column in (("", "full_name"), ("unreadable", "updated_at")):
        value = canaries.add(f"unusable/{column}", word(canaries.number()))
        row = {"source_key": key, "party_type": "person", column: value}
        with parties.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow([row.get(name, "") for name in header])
    project.build(*WITHOUT_TESTS, variables=VARIABLES)
    return World(project, canaries)


def contents(file: Path) -> Iterator[tuple[str, str]]:
    """Every column of every table of a database file, with all of its values as one text."""
    with duckdb.connect(str(file), read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
        for table, column in columns:
            rows = con.execute(f'select distinct "{column}"::varchar from "{table}"').fetchall()
            yield f"{table}.{column}", "\n".join(value for (value,) in rows if value is not None)


def test_no_canary_is_in_any_column_of_the_open_file(world: World) -> None:
    columns = dict(contents(world.published / "customer360.duckdb"))
    assert len(columns) > 150
    found = {column: world.canaries.found(text) for column, text in columns.items()}
    assert {column: places for column, places in found.items() if places} == {}


def test_no_canary_is_in_the_bytes_of_the_open_file(world: World) -> None:
    content = (world.published / "customer360.duckdb").read_bytes()
    assert world.canaries.found(content.decode("utf-8", "ignore")) == set()
    restricted = (world.published / "customer360_restricted.duckdb").read_bytes()
    assert len(world.canaries.found(restricted.decode("utf-8", "ignore"))) > 50


def test_the_restricted_file_has_the_canaries(world: World) -> None:
    found = set[str]()
    for _, text in contents(world.published / "customer360_restricted.duckdb"):
        found |= world.canaries.found(text)
    # a golden record has one value of several, so one of a column's two canaries is enough
    columns, found_columns = [
        {place.rsplit("/", 1)[0] for place in places} for places in (world.canaries.values, found)
    ]
    missing = columns - found_columns
    assert {column for column in missing if not _NOT_PUBLISHED.search(column)} == set()
    assert len(found_columns) > 100


def test_no_canary_is_in_the_logs_or_in_what_dbt_compiled(world: World) -> None:
    files = [path for path in world.project.scratch.rglob("*") if path.is_file()]
    assert {"manifest.json", "run_results.json", "dbt.log"} <= {path.name for path in files}
    found = {
        path.name: world.canaries.found(path.read_bytes().decode("utf-8", "ignore"))
        for path in files
    }
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "leak",
    [
        "select 'x' || lower(email) as note",
        "select [{'deep': {'er': upper(email)}}] as note",
        "select md5(lower(email)) as note",
        "select sha256(email) as note",
        "select 'id-' || sha1(lower(email)) || '/1' as note",
        "select regexp_replace(phone, '\\D', '', 'g') as note",
        "select md5('+81' || phone[2:]) as note",
    ],
)
def test_the_scan_finds_what_is_planted(world: World, tmp_path: Path, leak: str) -> None:
    values = world.canaries.values
    planted = tmp_path / "planted.duckdb"
    with duckdb.connect(str(planted)) as con:
        con.execute(
            f"create table t as {leak} from (select ? as email, replace(?, '-', '') as phone)",
            [
                values["files/main/party_records/emails/0"],
                values["files/main/party_records/phones/0"],
            ],
        )
    ((_, text),) = contents(planted)
    assert len(world.canaries.found(text)) == 1


def test_personal_keys_are_the_same_tokens_in_every_open_table(world: World) -> None:
    rows = world.project.query(
        """
        select source_system, count(*), count(*) filter (
            where regexp_full_match(record_key, '[^/]+/[^/]+/[^/]+/[0-9a-f]{24}')
            and ends_with(record_key, '/' || source_key)
        )
        from bridge_party_source where source_system in ('files', 'marketing_cloud') group by all
        """
    )
    assert {system for system, *_ in rows} == {"files", "marketing_cloud"}
    assert all(records == tokens > 0 for _, records, tokens in rows)
    for table in ("fct_activities", "gpid_history", "identity_party_tree"):
        query = f"""
            select count(*), count(bridge.gpid) from {table} as facts
            left join (select distinct record_key, gpid from bridge_party_source) as bridge
                using (record_key)
            where record_key is not null
        """
        ((all_rows, joined),) = world.project.query(query)
        assert all_rows == joined > 0, table
    # the restricted file has the same rows under the keys themselves
    key = "subscriber/Zqx.Subscriber@canary.example.com"
    query = "select count(*) from fct_activities where record_key like 'marketing_cloud/%'"
    ((everything,),) = world.project.query(query)
    ((of_one,),) = world.project.query(
        f"select count(*) from fct_activities where record_key = 'marketing_cloud/main/{key}'",
        restricted=True,
    )
    assert 0 < of_one < everything


def test_links_between_tokens_are_explained_in_either_order(world: World) -> None:
    ((a, b, weight),) = world.project.query(
        "select record_key_a, record_key_b, match_weight from identity_edges"
        " where record_key_a like 'files/main/%' or record_key_a like 'marketing_cloud/%'"
        " order by all limit 1"
    )
    for one, other in ((a, b), (b, a)):
        rows = world.project.query(f"select step, bits from explain_link('{one}', '{other}')")
        assert dict(rows)["total"] == pytest.approx(weight, abs=0.01)


def test_a_column_without_a_class_is_not_published(world: World, tmp_path: Path) -> None:
    project = world.project.copy_to(tmp_path)
    before = (project.home / "published" / "customer360.duckdb").read_bytes()
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        con.execute("alter table marts.fct_orders add column courier varchar")
    result = project.dbt(
        "build", *WITHOUT_TESTS, "--full-refresh", "--select", "publish", variables=VARIABLES
    )
    assert not result.success
    assert "fct_orders.courier has no class; give it one in its YAML" in str(
        [node.message for node in result.result]
    )
    assert (project.home / "published" / "customer360.duckdb").read_bytes() == before
