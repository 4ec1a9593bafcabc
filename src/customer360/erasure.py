"""Erasure: a party's records leave every table and file, and stay away when they are delivered.

What remains is what keeps a promise: the GPID, so that it is never given to anybody else, and keyed
tokens, by which the same records are known, and passed over, when an extract still delivers them.
The key of an erased record becomes its tombstone, `system/instance/object/erased:<token>`.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer360 import registry_log
from customer360.durable import swap_in_database, wal_of
from customer360.keys import IdKey
from customer360.registry import (
    DATABASE,
    REGISTRY_FILE,
    WAREHOUSE_FILE,
    create_tables,
    last_commit,
    quoted,
)
from customer360.registry_log import LOG_FOLDER

TOMBSTONE = "erased:"
# what shorter values say can be said of too many to be anybody's
_SHORTEST_VALUE = 5
# a telephone number without its area
_FEWEST_DIGITS = 7
_DATE = re.compile(r"\d{4}\D?\d{2}\D?\d{2}")
# of the identifiers of Salesforce, the first characters alone are an identifier, too
_SALESFORCE_ID = re.compile(r"[A-Za-z0-9]{18}")
_SHORT_SALESFORCE_ID = 15

_KEY_COLUMNS = frozenset({"record_key", "record_key_a", "record_key_b"})
_TEXT_COLUMNS = frozenset({"reason", "detail"})
# what the registry knows of a record besides its key
_CONTENT_COLUMNS = {
    "record_identity_log": (
        "name_marks",
        "given_name_marks",
        "birth_date_mark",
        "mailbox_marks",
        "phone_marks",
        "national_id_mark",
        "other_marks",
    ),
    "steward_decision_log": ("reason",),
}


def is_identifier(text: str) -> bool:
    """Whether a text can only mean one person: an address, a number, a long key; not a date."""
    digits = sum(character.isdigit() for character in text)
    return "@" in text or (digits >= _FEWEST_DIGITS and not _DATE.fullmatch(text))


@dataclass(frozen=True)
class Erased:
    """A party that is to be erased, and what tells of it.

    Attributes:
        request_ids: the requests that ask for it.
        gpid: the party.
        party_type: person or organization.
        records: the keys of its records.
        keys: each record's key as its extract delivers it, with the extract.
        values: what only its records say, and no others: as delivered, and as compared.

    """

    request_ids: Sequence[str]
    gpid: str
    party_type: str
    records: Sequence[str]
    keys: Sequence[tuple[str, str]] = field(repr=False)
    values: frozenset[str] = field(repr=False)

    @property
    def identifiers(self) -> frozenset[str]:
        """What can mean nobody else wherever it stands, and is not to be found afterwards."""
        told = self.values | {key for _, key in self.keys}
        return frozenset(text for text in told if is_identifier(text)) | frozenset(self.records)


@contextmanager
def opened(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse and the registry of a home, to read."""
    with duckdb.connect(str(home / WAREHOUSE_FILE), read_only=True) as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE} (read_only)")
        con.execute("set enable_progress_bar = false")
        yield con


def find(con: duckdb.DuckDBPyConnection, request_ids: Sequence[str], gpid: str) -> Erased:
    """What tells of a party: its records as the last build knows them, and what only they say.

    Args:
        con: as `opened` gives it.
        request_ids: the requests that ask for it.
        gpid: a live GPID.

    """
    con.execute(
        "create or replace temp table its_records as"
        " select bridge.record_key, bridge.party_type, records.delivered_in, records.source_key"
        " from marts.bridge_party_source as bridge"
        " inner join conformed.int_party_records as records using (record_key)"
        " where bridge.is_current and bridge.gpid = $gpid",
        {"gpid": gpid},
    )
    rows = con.execute("from its_records order by record_key").fetchall()
    keys = [
        (place, each)
        for _, _, place, key in rows
        for each in ((key, key[:_SHORT_SALESFORCE_ID]) if _SALESFORCE_ID.fullmatch(key) else (key,))
    ]
    values = {
        value
        for table in ("conformed.int_party_records", "identity.identity_records")
        for value in _exclusive_values(con, table)
    }
    # the number of a guest's order or booking is also the key of the guest; those stay, and say it
    stay = {number for (number,) in con.execute(_NUMBERS_THAT_STAY).fetchall()}
    keys = [(source, text) for source, text in keys if text not in stay]
    values -= stay
    return Erased(
        request_ids,
        gpid,
        party_type=rows[0][1],
        records=[row[0] for row in rows],
        keys=keys,
        values=frozenset(values),
    )


_NUMBERS_THAT_STAY = """
select order_number from conformed.int_orders semi join its_records on order_number = source_key
union
select case_number from conformed.int_cases semi join its_records on case_number = source_key
union
select source_key from its_records semi join conformed.int_appointments as appointments
on appointments.record_key = its_records.record_key
and ends_with(appointments.appointment_key, '/' || source_key)
"""

# columns of the tables of records that tell where a record comes from, not who it is
_PROVENANCE = frozenset(
    {"record_key", "source_system", "source_instance", "source_object", "delivered_in", "source"}
)


def _exclusive_values(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """The texts in any column of a table that the party's records have and no others."""
    columns = con.execute(f"select column_name, column_type from (describe {table})").fetchall()
    for name, kind in columns:
        if name in _PROVENANCE:
            continue
        if kind == "VARCHAR":
            values = name
        elif kind == "VARCHAR[]":
            values = f"unnest({name})"
        elif kind == 'STRUCT("type" VARCHAR, "value" VARCHAR)[]':
            values = f"unnest({name}).value"
        else:
            continue
        rows = con.execute(
            f"""
            with
            its_values as (
                select distinct {values} as value from {table} semi join its_records
                using (record_key)
            )
            select value from its_values
            where length(value) >= {_SHORTEST_VALUE}
            except
            select value
            from (select record_key, {values} as value from {table})
            anti join its_records using (record_key)
            """
        ).fetchall()
        yield from (value for (value,) in rows)


def erase(home: Path, key: IdKey, parties: Sequence[Erased], *, actor: str, run_id: str) -> None:
    """Erase parties from the registry: one commit, in a new file that replaces the former.

    Afterwards the registry knows each of the records by its tombstone only, and the tokens by which
    builds pass over them. Its log is written anew, too. Nobody else may be at work on the home.
    """
    at = datetime.now(UTC).replace(tzinfo=None)
    path = home / REGISTRY_FILE
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    wal_of(new).unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"attach {quoted(path)} as former")
        con.execute(f"attach {quoted(new)} as {DATABASE}")
        create_tables(con)
        _copy(con, key, [record for party in parties for record in party.records])
        _forget_values(con, key, [value for party in parties for value in party.values])
        _commit(con, key, parties, actor=actor, run_id=run_id, at=at)
        con.execute(f"checkpoint {DATABASE}")
        con.execute(f"detach {DATABASE}")
        con.execute("detach former")
    swap_in_database(new, path)
    rewrite_log(home, run_id=run_id)


def rewrite_log(home: Path, *, run_id: str) -> None:
    """Write the registry's log anew, from what the registry says now."""
    former = home / f".{LOG_FOLDER}.former"
    if (home / LOG_FOLDER).exists():
        # of a run that was interrupted
        if former.exists():
            shutil.rmtree(former)
        (home / LOG_FOLDER).rename(former)
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(home / REGISTRY_FILE)} as {DATABASE}")
        registry_log.append(con, home, run_id=run_id)
        con.execute(f"detach {DATABASE}")
    # what cannot be removed must not go unnoticed: it has everything that was erased
    if former.exists():
        shutil.rmtree(former)


def _copy(con: duckdb.DuckDBPyConnection, key: IdKey, records: Sequence[str]) -> None:
    """Copy every table: keys of the records become tombstones, what else is known of them null."""
    con.execute("create temp table tombstones (record_key varchar, tombstone varchar)")
    for record in records:
        con.execute("insert into tombstones values (?, ?)", [record, tombstone(key, record)])
    tables = con.execute(
        "select table_name from duckdb_tables() where database_name = 'former'"
        " and schema_name = 'main' and not contains(table_name, '__dbt_')"
    ).fetchall()
    for (table,) in tables:
        con.execute(
            f"create table if not exists {DATABASE}.main.{table} as"
            f" from former.main.{table} limit 0"
        )
        columns = [
            name
            for (name,) in con.execute(
                f"select column_name from (describe former.main.{table})"
            ).fetchall()
        ]
        joins, selected = [], []
        its_keys = [name for name in columns if name in _KEY_COLUMNS]
        for number, name in enumerate(its_keys):
            joins.append(
                f"left join tombstones as t{number} on former.{name} = t{number}.record_key"
            )
        is_erased = " or ".join(f"t{n}.record_key is not null" for n in range(len(its_keys)))
        for name in columns:
            if name in its_keys:
                place = its_keys.index(name)
                value = f"coalesce(t{place}.tombstone, former.{name})"
            elif name in _CONTENT_COLUMNS.get(table, ()):
                value = f"case when not ({is_erased}) then former.{name} end"
            elif name == "content_hash" and its_keys:
                value = f"case when {is_erased} then 0 else former.{name} end"
            elif name in _TEXT_COLUMNS:
                value = (
                    f"list_reduce(list_prepend(former.{name}, (select list(record_key) from"
                    " tombstones)), lambda text, each: replace(text, each, 'an erased record'))"
                )
            else:
                value = f"former.{name}"
            selected.append(f"{value} as {name}")
        con.execute(
            f"insert into {DATABASE}.main.{table} by name select {', '.join(selected)}"
            f" from (select *, rowid as place from former.main.{table}) as former"
            f" {' '.join(joins)} order by former.place"
        )


def _forget_values(con: duckdb.DuckDBPyConnection, key: IdKey, values: Sequence[str]) -> None:
    """Values that only erased records had tell nothing of anybody else: they become tokens."""
    con.execute("create temp table forgotten (value varchar, token varchar)")
    if values:
        con.executemany(
            "insert into forgotten values (?, ?)",
            [[value, TOMBSTONE + key.token(value)] for value in dict.fromkeys(values)],
        )
    for table in ("release_frequencies", "generic_value_events"):
        con.execute(
            f"create or replace table {DATABASE}.main.{table} as"
            f" select rows.* replace (coalesce(forgotten.token, rows.value) as value)"
            f" from (select *, rowid as place from {DATABASE}.main.{table}) as rows"
            " left join forgotten using (value) order by rows.place"
        )
        con.execute(f"alter table {DATABASE}.main.{table} drop column place")


def _commit(
    con: duckdb.DuckDBPyConnection,
    key: IdKey,
    parties: Sequence[Erased],
    *,
    actor: str,
    run_id: str,
    at: datetime,
) -> None:
    number = last_commit(con) + 1
    ((last,),) = con.execute(
        f"select max(committed_at) + interval 1 microsecond from {DATABASE}.main.gpid_events"
    ).fetchall()
    signed = [number, max(at, last) if last else at, run_id, actor]
    events: list[list[object]] = []
    for party in parties:
        events.append(["erased", party.gpid, None, None, party.party_type])
    for party in parties:
        events += [
            ["moved", None, party.gpid, tombstone(key, record), party.party_type]
            for record in party.records
        ]
    for place, (kind, gpid, other, record, party_type) in enumerate(events, start=1):
        con.execute(
            f"insert into {DATABASE}.main.gpid_events (commit_number, event_number, committed_at,"
            " run_id, actor, event_type, gpid, other_gpid, record_key, party_type, reason)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'a request for erasure')",
            [signed[0], place, *signed[1:], kind, gpid, other, record, party_type],
        )
    for party in parties:
        told = {
            "record": party.records,
            "key": [f"{source}/{value}" for source, value in party.keys],
            "value": sorted(party.identifiers),
        }
        con.executemany(
            f"insert into {DATABASE}.main.erasures values (?, ?, ?, ?, ?, ?)",
            [
                [request_id, at, run_id, party.gpid, kind, key.token(text)]
                for request_id in party.request_ids
                for kind, texts in told.items()
                for text in texts
            ],
        )
        for request_id in party.request_ids:
            audit(
                con,
                request_id,
                "erased",
                gpid=party.gpid,
                records=len(party.records),
                detail="the registry forgot its records",
                actor=actor,
                run_id=run_id,
            )


def audit(
    con: duckdb.DuckDBPyConnection,
    request_id: str,
    action: str,
    *,
    gpid: str,
    records: int,
    detail: str,
    actor: str,
    run_id: str,
) -> None:
    """Add an entry to the audit in the attached registry; it names no person."""
    con.execute(
        f"insert into {DATABASE}.main.privacy_audit select coalesce(max(entry_number), 0) + 1,"
        f" ?, ?, ?, ?, ?, ?, ?, ? from {DATABASE}.main.privacy_audit",
        [
            datetime.now(UTC).replace(tzinfo=None),
            *(run_id, actor, request_id, action, gpid, records, detail),
        ],
    )


def tombstone(key: IdKey, record_key: str) -> str:
    """What stands for the key of an erased record."""
    source = "/".join(record_key.split("/", 3)[:3])
    return f"{source}/{TOMBSTONE}{key.token(record_key)}"


def has_erasures(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody was ever erased from the attached registry."""
    return con.execute(f"select count(*) > 0 from {DATABASE}.main.erasures").fetchall() == [(True,)]


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """Identifies who was erased from the attached registry."""
    return str(
        con.execute(
            f"select md5(string_agg(kind || token, ' ' order by all)) from {DATABASE}.main.erasures"
        ).fetchall()[0][0]
    )


def prepare_cursor(con: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the functions by which what was erased is known and passed over.

    `is_erased(record_key)`, `is_erased_key(source, text)` of a record's own key as delivered,
    `is_erased_value(text)`, and `tombstone(record_key)`. Where nothing was ever erased they cost
    nothing. `privacy_token` is registered, and the registry attached.
    """
    of_kind = f"select token from {DATABASE}.main.erasures where kind"
    bodies = {
        "is_erased(each)": f"privacy_token(each) in ({of_kind} = 'record')",
        "is_erased_key(source, each)": (
            f"privacy_token(source || '/' || each) in ({of_kind} = 'key')"
        ),
        "is_erased_value(each)": f"privacy_token(each) in ({of_kind} = 'value')",
    }
    is_any = has_erasures(con)
    for function, body in bodies.items():
        con.execute(
            f"create or replace temp macro {function} as"
            f" {f'coalesce({body}, false)' if is_any else 'false'}"
        )
    con.execute(
        "create or replace temp macro tombstone(each) as"
        f" regexp_extract(each, '^([^/]*/){{3}}') || '{TOMBSTONE}' || privacy_token(each)"
    )
