"""Schema drift: what a delivery has that the adapter, or the last complete build, did not know."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase

import duckdb
from duckdb.sqltypes import DuckDBPyType

from customer360.landing.files import Format, split_suffix
from customer360.landing.spec import TableSpec, normalised
from customer360.landing.views import Extract, RawColumn

Source = tuple[str, str, str]

# fewer values that cannot be converted are slips, whatever their share
FEWEST_UNCONVERTED = 20
_NEAR = 0.6
_NESTED = ("list", "array", "struct", "map", "union", "variant")

TABLES = """
-- one row per column of an extract, delivered or declared: what this run found
create table if not exists landing_raw.source_columns (
    source_system varchar, source_instance varchar, source_object varchar,
    column_name varchar, declared_as varchar, position integer, family varchar, format varchar,
    status varchar, change varchar, detail varchar, accepted_because varchar
);
-- the same as the last complete build found them
create table if not exists landing_raw.built_columns as from landing_raw.source_columns limit 0;
-- one row per extract and complete build, numbered from 1, that something was new in
create table if not exists landing_raw.built_extracts (
    build bigint, source_system varchar, source_instance varchar, source_object varchar,
    records bigint
);
-- one row per column of which many values could not be converted
create table if not exists landing_raw.unconverted_columns (
    view_name varchar, source_instance varchar, column_name varchar, reason varchar,
    unconverted bigint, converted bigint
);
"""


class Status(StrEnum):
    """What becomes of a column."""

    READ = "read"
    IGNORED = "ignored"  # delivered, but not declared
    MISSING = "missing"  # declared, but not delivered


class Change(StrEnum):
    """How an extract differs from what the last complete build, or the adapter, knows."""

    ADDED = "added"
    DROPPED = "dropped"
    RENAMED = "renamed"
    RETYPED = "retyped"
    EMPTIED = "emptied"


@dataclass(frozen=True)
class Column:
    """A column of an extract.

    Attributes:
        name: as the files name it; the declared name when no file has it.
        declared_as: the declared name; None when the adapter does not read it.
        position: from 0, in the newest delivery; None when it is missing.
        family: of types: text, whole number, number, boolean, date or time, nested.
        format: of the newest delivery.

    """

    name: str
    declared_as: str | None
    position: int | None
    family: str | None
    format: str | None
    status: Status
    change: Change | None = None
    detail: str | None = None
    accepted_because: str | None = None


@dataclass(frozen=True)
class Difference:
    """One change, in words."""

    change: Change
    column: str | None
    detail: str


def columns_of(
    table: TableSpec, delivered: Sequence[tuple[Extract, Mapping[str, RawColumn]]]
) -> list[Column]:
    """The columns of one object and instance: those of its newest delivery, and the missing ones.

    Older deliveries that lie beside the newest one, and had other columns, do not count. Of several
    files of one delivery each has to have a column.

    Args:
        table: what is declared.
        delivered: the extracts, each with its delivered column by declared name.

    """
    if not delivered:
        return []
    latest = max(extract.delivered_at or "" for extract, _ in delivered)
    newest = [each for each in delivered if (each[0].delivered_at or "") == latest]
    common = set.intersection(*({raw.label for raw in e.columns} for e, _ in newest))
    extract, matched = newest[-1]
    stem_and_format = split_suffix(extract.first_file)
    file_format = (stem_and_format[1] if stem_and_format else Format.CSV).value
    declared_as = {raw.label: name for name, raw in matched.items() if raw.label in common}
    # a struct is read when one of its fields is
    used = {label.split(".")[0] for label in declared_as}
    columns: dict[str, Column] = {}
    for position, raw in enumerate(extract.columns):
        name = declared_as.get(raw.label)
        is_ignored = name is None
        if raw.label not in common or (
            is_ignored and (raw.is_field or raw.is_metadata or raw.label in used)
        ):
            continue
        status = Status.IGNORED if is_ignored else Status.READ
        columns[raw.label] = Column(
            raw.label, name, position, _family(raw.type), file_format, status
        )
    missing = {column.name for column in table.columns} - set(declared_as.values())
    for name in sorted(missing):
        columns[name] = Column(name, name, None, None, file_format, Status.MISSING)
    return list(columns.values())


def compare(before: Sequence[Column], now: Sequence[Column]) -> list[Difference]:
    """What has changed since the last complete build; nothing where either delivered no columns."""
    old = {c.declared_as: c for c in before if c.declared_as and c.status is Status.READ}
    present = {c.declared_as: c for c in now if c.declared_as and c.status is Status.READ}
    if not any(c.status is not Status.MISSING for c in before) or not present:
        return []
    known = {normalised(c.name) for c in before if c.status is not Status.MISSING}
    new = [c for c in now if c.status is Status.IGNORED and normalised(c.name) not in known]
    found: list[Difference] = []
    for declared, column in old.items():
        current = present.get(declared)
        if current is None:
            successor = _successor(column, new)
            if successor:
                new.remove(successor)
                detail = (
                    f"the column {column.name} is gone, and {successor.name} is new, which looks"
                    f" like its new name. If it is, add {successor.name} to the aliases of"
                    f" {declared} in the adapter's sources YAML"
                )
                found.append(Difference(Change.RENAMED, declared, detail))
            else:
                detail = f"the column {column.name}, which the last build read, is gone"
                found.append(Difference(Change.DROPPED, declared, detail))
        elif column.format == current.format and column.family != current.family:
            detail = (
                f"the column {current.name} was of the type {column.family} when the last build"
                f" read it, and now is {current.family}"
            )
            found.append(Difference(Change.RETYPED, declared, detail))
    found += [
        Difference(Change.ADDED, c.name, f"the column {c.name} is new, and the adapter ignores it")
        for c in new
    ]
    return found


def unconverted(column: str, data_type: str, reason: str, lost: int, kept: int) -> Difference:
    """A column of which most values are not of the declared type."""
    detail = (
        f"{lost:,} of the {lost + kept:,} values of the column {column} cannot become"
        f" {data_type} ({reason})"
    )
    return Difference(Change.RETYPED, column, detail)


def emptied(before: int) -> Difference:
    """An extract that had records, and has none now."""
    detail = f"nothing was delivered; the last build read {before:,} records. Look why it is empty"
    return Difference(Change.EMPTIED, None, detail)


def reason_to_accept(source: Source, accepted: Mapping[str, str]) -> str | None:
    """Why the changes of a source are accepted, if they are; the first pattern that matches."""
    place = "/".join(source)
    return next((why for pattern, why in accepted.items() if fnmatchcase(place, pattern)), None)


def how_to_accept(source: Source) -> str:
    """What to do about a change that is meant."""
    place = "/".join(source)
    return (
        "Have it delivered as before; or, if the change is meant, say why: dbt build --vars"
        f' \'{{"accept_landing_changes": {{"{place}": "<why this is right>"}}}}\''
    )


def with_differences(
    columns: Iterable[Column], differences: Iterable[Difference], because: str | None
) -> list[Column]:
    """The columns, each with what has changed about it."""
    by_column = {each.column: each for each in differences}
    result = []
    for column in columns:
        found = by_column.get(column.declared_as or column.name)
        if found:
            is_added = found.change is Change.ADDED
            column = replace(
                column,
                change=found.change,
                detail=found.detail,
                accepted_because=None if is_added else because,
            )
        result.append(column)
    return result


def built_columns(con: duckdb.DuckDBPyConnection) -> dict[Source, list[Column]]:
    """The columns of every extract, as the last complete build found them."""
    found: dict[Source, list[Column]] = {}
    for *source, column, declared_as, position, family, file_format, status in con.execute(
        "select source_system, source_instance, source_object, column_name, declared_as, position,"
        " family, format, status from landing_raw.built_columns order by position nulls last"
    ).fetchall():
        system, instance, name = source
        found.setdefault((system, instance, name), []).append(
            Column(column, declared_as, position, family, file_format, Status(status))
        )
    return found


def built_records(con: duckdb.DuckDBPyConnection) -> dict[Source, int]:
    """The number of records of every extract in the last complete build."""
    rows = con.execute(
        "select source_system, source_instance, source_object, max_by(records, build)"
        " from landing_raw.built_extracts group by all"
    ).fetchall()
    return {(system, instance, name): records for system, instance, name, records in rows}


def _successor(gone: Column, new: Sequence[Column]) -> Column | None:
    """The new column that has a name like the former one, or its place."""
    by_name = {normalised(column.name): column for column in new}
    old = normalised(gone.name)
    near = difflib.get_close_matches(old, list(by_name), n=1, cutoff=_NEAR)
    if near:
        return by_name[near[0]]
    return next((column for column in new if column.position == gone.position), None)


def _family(data_type: DuckDBPyType) -> str:
    name = data_type.id
    if name in ("varchar", "blob", "uuid", "enum"):
        return "text"
    if name in _NESTED:
        return "nested"
    if "int" in name:
        return "whole number"
    if name in ("float", "double", "decimal"):
        return "number"
    if name == "boolean":
        return name
    if name.startswith(("date", "time")):
        return "date or time"
    return str(name)
