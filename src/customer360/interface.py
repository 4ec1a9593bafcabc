"""The public interface: the tables, columns, types and functions that the published files have.

`interface/published.csv` is what readers were promised. A build that has something else is either
an addition, which has to be listed there, or breaks somebody's report, which has to be announced in
`interface/breaking_changes.csv` before it is accepted.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import duckdb

from customer360.dictionary import Table
from customer360.privacy import OpenForm
from customer360.published_functions import published_functions

SNAPSHOT = "interface/published.csv"
BREAKING_CHANGES = "interface/breaking_changes.csv"


class InterfaceError(RuntimeError):
    """The interface cannot be accepted; the message has the lines that are missing."""


class File(StrEnum):
    """Which of the published files has something."""

    BOTH = "both"
    RESTRICTED = "restricted"


class Kind(StrEnum):
    """What becomes of a promise. `added` breaks nothing, and is never announced."""

    ADDED = "added"
    REMOVED = "removed"
    # another type
    TYPE = "type"
    # had a value in every row, and need not have one any more
    NULLABLE = "nullable"
    # the open file does not have it any more
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Promise:
    """One column of a table or of what a function returns.

    Attributes:
        name: of the table, or of the function with its parameters: `resolve(system, key)`.
        column: its name; empty for the value of a function that returns no table.
        data_type: as DuckDB calls it.
        nullable: whether rows without a value are allowed.
        file: which files have it.

    """

    name: str
    column: str
    data_type: str
    nullable: bool
    file: File

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.name, self.column


@dataclass(frozen=True)
class Change:
    """A difference between what was promised and what there is.

    Attributes:
        name: of the table or function.
        column: of a table that is gone as a whole, `*`.
        kind: what became of it.
        was: what was promised, where that says more.
        now: what there is.

    """

    name: str
    column: str
    kind: Kind
    was: str = ""
    now: str = ""

    @property
    def is_breaking(self) -> bool:
        """Whether somebody's query may stop working."""
        return self.kind is not Kind.ADDED

    def __str__(self) -> str:
        what = self.name if self.column == "*" else f"{self.name}.{self.column}".rstrip(".")
        match self.kind:
            case Kind.ADDED:
                return f"{what} is new ({self.now})"
            case Kind.REMOVED:
                return f"{what} is gone"
            case Kind.TYPE:
                return f"{what} was {self.was} and is {self.now}"
            case Kind.NULLABLE:
                return f"{what} may be null now"
            case Kind.RESTRICTED:
                return f"{what} is in the restricted file only now"


@dataclass(frozen=True)
class Announcement:
    """A line of the breaking changes: since when what is different, and what to do instead."""

    since: str
    change: Change
    instead: str


def declared(tables: Sequence[Table]) -> list[Promise]:
    """What the YAML of the models promises, functions included; no build is needed.

    The tables are made without rows in a database in memory, for DuckDB to name the types and to
    say what the functions return.
    """
    promises = {
        file: _promises(
            {
                table.name: [(column.name, column.data_type) for column in columns]
                for table in tables
                if (columns := table.columns if file is File.RESTRICTED else table.open_columns)
            },
            is_open=file is File.BOTH,
        )
        for file in File
    }
    never_null = {
        (table.name, column.name)
        for table in tables
        for column in table.columns
        # the open file may leave out the value of a person where the other file has one
        if column.is_never_null and column.privacy.open_form is not OpenForm.OF_ORGANIZATIONS
    }
    return [
        Promise(
            name,
            column,
            data_type,
            nullable=(name, column) not in never_null,
            file=File.BOTH if (name, column) in promises[File.BOTH] else File.RESTRICTED,
        )
        for (name, column), data_type in promises[File.RESTRICTED].items()
    ]


def found(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The types of all columns of tables and functions of a published file, by name and column.

    Args:
        con: a connection whose current database is the file.

    """
    types = {
        (str(table), str(column)): str(data_type)
        for table, column, data_type in con.execute(
            """
            select table_name, column_name, data_type from duckdb_columns()
            where database_name = current_database() and not internal
            order by table_name, column_index
            """
        ).fetchall()
    }
    functions = con.execute(
        """
        select function_name, function_type, parameters from duckdb_functions()
        where database_name = current_database() and not internal
        order by function_name
        """
    ).fetchall()
    for name, function_type, parameters in functions:
        signature = f"{name}({', '.join(parameters)})"
        if function_type != "table_macro":
            # what it returns depends on what it is given
            types[signature, ""] = "function"
            continue
        # a literal, which takes whatever type it is compared with; nothing is executed
        values = ", ".join(["'1'"] * len(parameters))
        returned = con.sql(f"from {name}({values}) limit 0")
        for column, data_type in zip(returned.columns, returned.types, strict=True):
            types[signature, column] = str(data_type)
    return types


def compare(promised: Iterable[Promise], present: Iterable[Promise]) -> list[Change]:
    """How what there is differs from what was promised, a table that is gone as one change."""
    was = {promise.key: promise for promise in promised}
    now = {promise.key: promise for promise in present}
    names = {name for name, _ in now}
    gone = sorted({name for name, _ in was} - names)
    changes = [Change(name, "*", Kind.REMOVED) for name in gone]
    for key, before in was.items():
        after = now.get(key)
        if after is None:
            if key[0] in names:
                changes.append(Change(*key, Kind.REMOVED))
            continue
        if before.data_type != after.data_type:
            changes.append(Change(*key, Kind.TYPE, before.data_type, after.data_type))
        if after.nullable and not before.nullable:
            changes.append(Change(*key, Kind.NULLABLE))
        if after.file is File.RESTRICTED and before.file is File.BOTH:
            changes.append(Change(*key, Kind.RESTRICTED))
        # what readers get more of is an addition, too
        if before.nullable and not after.nullable:
            changes.append(Change(*key, Kind.ADDED, now="never null"))
        if before.file is File.RESTRICTED and after.file is File.BOTH:
            changes.append(Change(*key, Kind.ADDED, now="in the open file, too"))
    changes += [
        Change(*key, Kind.ADDED, now=after.data_type)
        for key, after in now.items()
        if key not in was
    ]
    return changes


def accept(
    promised: Sequence[Promise],
    present: Sequence[Promise],
    announced: Sequence[Announcement],
    *,
    today: str,
) -> list[Change]:
    """The changes that may be made, which are all of them.

    Args:
        promised: what the snapshot says.
        present: what there is.
        announced: the lines of the breaking changes.
        today: the date for the lines that are missing.

    Raises:
        InterfaceError: a breaking change is not announced.

    """
    changes = compare(promised, present)
    announcements = {line.change for line in announced}
    missing = [c for c in changes if c.is_breaking and c not in announcements]
    if missing:
        lines = _csv(
            [[today, c.name, c.column, str(c.kind), c.was, c.now, "…"] for c in missing]
        ).rstrip()
        raise InterfaceError(
            "These changes break what readers use:\n"
            + "\n".join(f"  - {change}" for change in missing)
            + f"\nUndo them, or announce each in {BREAKING_CHANGES} with what to use instead:\n"
            + lines
        )
    return changes


def as_csv(promises: Iterable[Promise]) -> str:
    """The snapshot, tables and functions by name, columns in their order."""
    rows = [
        [each.name, each.column, each.data_type, "yes" if each.nullable else "no", str(each.file)]
        for each in sorted(promises, key=lambda promise: promise.name)
    ]
    return _csv([["name", "column", "type", "nullable", "file"], *rows])


def read_snapshot(text: str) -> list[Promise]:
    """What `as_csv` has written."""
    return [
        Promise(
            row["name"], row["column"], row["type"], row["nullable"] == "yes", File(row["file"])
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


def read_announcements(text: str) -> list[Announcement]:
    """The lines of the breaking changes.

    Raises:
        InterfaceError: a line is of no known kind, or does not say what to use instead.

    """
    announcements = []
    for row in csv.DictReader(io.StringIO(text)):
        if row["change"] not in set(Kind) - {Kind.ADDED} or not row["since"] or not row["instead"]:
            raise InterfaceError(
                f"{BREAKING_CHANGES}: a line needs a date, one of"
                f" {', '.join(kind for kind in Kind if kind is not Kind.ADDED)}, and what to use"
                f" instead: {','.join(str(value) for value in row.values())}"
            )
        change = Change(row["name"], row["column"], Kind(row["change"]), row["was"], row["now"])
        announcements.append(Announcement(row["since"], change, row["instead"]))
    return announcements


def _promises(
    tables: dict[str, list[tuple[str, str]]], *, is_open: bool
) -> dict[tuple[str, str], str]:
    with duckdb.connect() as con:
        for name, columns in tables.items():
            listed = ", ".join(f'"{column}" {data_type}' for column, data_type in columns)
            con.execute(f'create table "{name}" ({listed})')
        con.execute(published_functions(is_open=is_open))
        return found(con)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
