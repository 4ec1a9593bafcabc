"""What the generator keeps while it writes: tables, truth, and keys that systems share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

Row = dict[str, Any]


@dataclass(slots=True)
class Table:
    """One extract file. CSV holds text; Parquet the types of its schema."""

    path: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    schema: pa.Schema | None = None


@dataclass(frozen=True, slots=True)
class TruthRow:
    """Who a party record really is."""

    record_key: str
    party_id: str
    party_type: str
    note: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A registered shop customer, as the other systems need to know it."""

    site: str
    customer_number: str
    customer_id: str
    email: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the author of a post or a review really meant."""

    key: str
    language: str
    sentiment: str
    text: str


@dataclass(slots=True)
class Ledger:
    """Everything written so far."""

    tables: dict[str, Table] = field(default_factory=dict)
    truth: list[TruthRow] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    #: person number → sales_cloud contact ids, merged-away ones last
    contacts: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: person number → (PersonContactId, account id)
    person_accounts: dict[int, tuple[str, str]] = field(default_factory=dict)
    customers: dict[int, list[Customer]] = field(default_factory=lambda: defaultdict(list))
    #: organization number → sales_cloud account ids
    accounts: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def table(self, path: str, columns: str, schema: pa.Schema | None = None) -> Table:
        """A new empty table; `columns` separated by blanks."""
        table = Table(path, tuple(columns.split()), schema=schema)
        self.tables[path] = table
        return table

    def add_truth(
        self, record_key: str, party_id: str, party_type: str = "person", note: str = ""
    ) -> str:
        """Notes whose record it is; returns the key."""
        self.truth.append(TruthRow(record_key, party_id, party_type, note))
        return record_key
