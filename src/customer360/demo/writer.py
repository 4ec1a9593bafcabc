"""Writes tables so that equal content gives equal bytes."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.demo.ledger import Ledger, Opinion, Table, TruthRow


def write_tables(ledger: Ledger, folder: Path) -> None:
    """Every table is a file below `folder`; other files there stay as they are."""
    for table in ledger.tables.values():
        path = folder / table.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if table.schema is None:
            _write_csv(table, path)
        else:
            _write_parquet(table, table.schema, path)


def write_truth(rows: list[TruthRow], folder: Path) -> None:
    """`parties.csv`: one line per party record, sorted by record key."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "parties.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("record_key", "party_id", "party_type", "note"))
        for row in sorted(rows, key=lambda row: row.record_key):
            writer.writerow((row.record_key, row.party_id, row.party_type, row.note))


def write_opinions(opinions: list[Opinion], folder: Path) -> None:
    """`sentiments.csv`: what each post and review means, sorted by key."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sentiments.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("key", "language", "sentiment", "text"))
        for each in sorted(opinions, key=lambda each: each.key):
            writer.writerow((each.key, each.language, each.sentiment, each.text))


def _write_csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        for row in table.rows:
            writer.writerow([_text(row.get(column, "")) for column in table.columns])


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _write_parquet(table: Table, schema: pa.Schema, path: Path) -> None:
    columns = {
        name: pa.array([row.get(name) for row in table.rows], type=schema.field(name).type)
        for name in table.columns
    }
    pq.write_table(
        pa.table(columns, schema=schema),
        path,
        version="2.6",
        compression="zstd",
        compression_level=9,
        row_group_size=100_000,
        store_schema=False,
    )
