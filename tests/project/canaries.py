"""Values that are nowhere else, in every column that may hold personal data, and how to find them.

A landing folder with two rows in every extract of every adapter; each column of class `direct`,
`quasi` or `sensitive` holds a canary.
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
import yaml

from customer360.landing.spec import ColumnSpec, Kind, TableSpec, load_system
from customer360.privacy import PrivacyClass
from tests.project.builds import PROJECT, Customer360

PLACES = [
    "sales_cloud/main",
    "service_cloud/main",
    "marketing_cloud/main",
    "commerce_cloud/jp",
    "commerce_cloud/us",
    "payments/main",
    "web/main",
    "files/main",
    "consent/main",
    "social/main",
    "appointments/main",
    "enrichment/main",
]
_SETTINGS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]
VARIABLES = {
    # the second key of the files adapter is a telephone number, which no @ gives away
    "personal_keys": [*_SETTINGS["personal_keys"], "files/*/party"],
    # stewards and the privacy office write of people, too
    "systems": [*_SETTINGS["systems"], "stewardship", "privacy"],
}

# what the open file may have as it was delivered: the coarse forms of docs/privacy.md
_COARSE = re.compile("region|state|prefecture|country|gender|website", re.IGNORECASE)


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
    if "email" in name or name in ("login", "contact_point"):
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
    "record_key": lambda row: f"sales_cloud/main/contact/{salesforce_id('003', row)}",
    "contact_point_type": lambda row: "email",
    "WhoId": lambda row: salesforce_id("003", row),
    "WhatId": lambda row: salesforce_id("006", row),
    "OpportunityId": lambda row: salesforce_id("006", row),
    "customerNo": lambda row: f"C{row}",
    "customer_number": lambda row: f"C{row}",
    "customerId": lambda row: f"customer-{row}",
    "customer": lambda row: f"cus_zq{row}",
    "orderNo": lambda row: f"9900{row}-Q",
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
    if name == "profile_id":
        # of the profile, and of whatever it said
        known = f"{place}/profile/profile_id/{row}"
        return canaries.values.get(known) or canaries.add(known, word(canaries.number()))
    if name == "source_key":
        if row == 0:
            return canaries.add(where, "Zqx.Member@canary.example.com")
        return canaries.add(where, "09055550001", has_digits_that_tell=True)
    if name == "anonymous_id":
        return canaries.add(where, f"cookie-zqx-{row}")
    if name == "id":
        return f"{'cus' if table.name == 'customer' else 'ch'}_zq{row}"
    if name == "Id":
        return salesforce_id(PREFIXES.get(table.name, "00T"), row)
    if name == "ParentId":
        return salesforce_id("500", row) if table.name == "case_comment" else None
    if name in ("customerNo", "customerId") and table.name == "order" and row == 1:
        return "a guest's"
    if name in LINKS:
        return LINKS[name](row)
    if column.kind is Kind.BOOLEAN:
        is_true = name in ("IsPersonAccount", "preferred", "livemode") or (
            name == "guest" and row == 1
        )
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


def write_landing(landing: Path, canaries: Canaries) -> None:
    """Write the landing folder, and remember what is in it."""
    for place in PLACES:
        system, instance = place.split("/")
        into = landing / system / (instance if instance != "main" else "")
        into.mkdir(parents=True)
        for table in load_system(PROJECT, system).tables:
            columns = table.columns
            rows = [[cell(canaries, place, table, c, row) for c in columns] for row in (0, 1)]
            with (into / f"{table.file}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([[c.name for c in columns], *rows])
    # a record that cannot be used, and a value that cannot be read
    parties = landing / "files" / "party_records.csv"
    header = parties.read_text("utf-8").splitlines()[0].split(",")
    for key, column in (("", "full_name"), ("unreadable", "updated_at")):
        value = canaries.add(f"unusable/{column}", word(canaries.number()))
        row = {"source_key": key, "party_type": "person", column: value}
        with parties.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow([row.get(name, "") for name in header])


def write_desks(landing: Path, canaries: Canaries) -> None:
    """Write what stewards and the privacy office have put down about one person."""
    contact = f"sales_cloud/main/contact/{salesforce_id('003', 0)}"
    lead = f"sales_cloud/main/lead/{salesforce_id('00Q', 0)}"

    def said(table: str, column: str) -> str:
        return canaries.add(f"{table}/{column}/0", word(canaries.number()))

    def by_steward(table: str) -> list[str]:
        return [said(table, "decided_by"), "2026-05-01", said(table, "reason")]

    rows = {
        "stewardship/steward_decisions": (
            "record_key_a,record_key_b,decision,decided_by,decided_at,reason",
            [contact, lead, "same", *by_steward("stewardship/steward_decisions")],
        ),
        "stewardship/known_parties": (
            "record_key,known_party",
            [contact, said("stewardship/known_parties", "known_party")],
        ),
        "stewardship/pinned_values": (
            "record_key,attribute,value,decided_by,decided_at,reason",
            [
                contact,
                "given_name",
                said("stewardship/pinned_values", "value"),
                *by_steward("stewardship/pinned_values"),
            ],
        ),
        "privacy/privacy_requests": (
            "request_id,kind,subject,requested_at,deadline,confirmed_by,note",
            [
                "desk-1",
                "access",
                contact,
                "2026-05-01",
                "",
                said("privacy/privacy_requests", "confirmed_by"),
                said("privacy/privacy_requests", "note"),
            ],
        ),
    }
    for name, (header, row) in rows.items():
        path = landing / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header.split(","), row])


def contents(file: Path) -> Iterator[tuple[str, str]]:
    """Every column of every table of a database file, with all of its values as one text."""
    with duckdb.connect(str(file), read_only=True) as con:
        columns = con.execute(
            "select schema_name, table_name, unnest(columns) from ("
            " select schema_name, table_name, list(column_name) as columns from duckdb_columns()"
            " semi join duckdb_tables() using (database_name, schema_name, table_name)"
            " where database_name = current_database() group by all)"
        ).fetchall()
        for schema, table, column in columns:
            rows = con.execute(
                f'select distinct "{column}"::varchar from "{schema}"."{table}"'
            ).fetchall()
            yield f"{table}.{column}", "\n".join(value for (value,) in rows if value is not None)
