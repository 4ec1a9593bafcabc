"""The flat party file that the files adapter reads, and the truth beside it.

A world (`japanese.py`, `households.py`, `organizations.py`) yields records; here they become
`<landing>/files/party_records.parquet` with the adapter's columns, and `truth.csv`
(`record_key, party_id`). Equal records give equal bytes.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

INSTANCE, OBJECT = "main", "party"
PARTY_FILE = Path("files") / "party_records.parquet"

_TEXTS = pa.list_(pa.string())
_COLUMNS: dict[str, pa.DataType] = {
    "emails": _TEXTS,
    "phones": _TEXTS,
    "identifiers": pa.list_(pa.struct([("type", pa.string()), ("value", pa.string())])),
}
_TRUTH_COLUMN = "party_id"


@dataclass(slots=True)
class Record:
    """One source record in the columns of the party file, and the party that it truly is of.

    Empty text and empty lists are written as missing.
    """

    party_id: str
    source_system: str
    source_key: str
    party_type: str = "person"
    full_name: str = ""
    given_name: str = ""
    family_name: str = ""
    name_reading: str = ""
    organization_name: str = ""
    birth_date: str = ""
    gender: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    street_address: str = ""
    locality: str = ""
    region: str = ""
    postal_code: str = ""
    country_code: str = ""
    national_identifier: str = ""
    identifiers: Sequence[tuple[str, str]] = ()

    @property
    def record_key(self) -> str:
        """The key that the build gives the record."""
        return f"{self.source_system}/{INSTANCE}/{OBJECT}/{self.source_key}"


def write_landing(records: Sequence[Record], landing: Path) -> None:
    """Write the records where the files adapter looks for them."""
    path = landing / PARTY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    columns: dict[str, pa.Array] = {}
    for column in fields(Record):
        if column.name == _TRUTH_COLUMN:
            continue
        values = [getattr(record, column.name) or None for record in records]
        if column.name == "identifiers":
            values = [
                value and [{"type": kind, "value": text} for kind, text in value]
                for value in values
            ]
        columns[column.name] = pa.array(values, _COLUMNS.get(column.name, pa.string()))
    pq.write_table(pa.table(columns), path, compression="zstd")


def write_truth(records: Iterable[Record], path: Path) -> None:
    """Write `record_key, party_id` as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["record_key", "party_id"])
        writer.writerows((record.record_key, record.party_id) for record in records)
