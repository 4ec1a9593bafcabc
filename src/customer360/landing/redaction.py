"""Kept deliveries without those who were erased."""

import gzip
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from customer360.durable import swap_in, sync
from customer360.landing.csv_files import RAW_COLUMN, REASON_COLUMN, load_csv
from customer360.landing.deliveries import DELIVERIES_FOLDER
from customer360.landing.files import Format, split_suffix
from customer360.landing.spec import SystemSpec, normalised
from customer360.landing.sql import literal, name, path_literal

_TABLE = "delivered_texts"
# columns that lead from one extract to another are called so: AccountId, customerNo, SubscriberKey
_REFERENCE = re.compile("(id|no|key)$")


def kept_files(home: Path) -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """Every kept delivery of a home, and its source: system, instance, object."""
    folder = home / DELIVERIES_FOLDER
    for path in sorted(folder.glob("*/*/*/*")):
        if split_suffix(path.name):
            system, instance, extract = path.parent.relative_to(folder).parts
            yield path, (system, instance, extract)


def redact(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    source: tuple[str, str, str],
    spec: SystemSpec,
    *,
    everywhere: bool,
) -> bool:
    """Take out of a kept file what it says of those who were erased.

    The row of a record itself goes. A row that refers to one keeps what does not tell whose it is:
    its columns above class `none` become empty. A file that says nothing of them stays as it is.

    Args:
        con: a connection with the functions of `erasure.prepare_cursor`.
        path: the kept file; it is replaced as a whole.
        source: system, instance, object.
        spec: the adapter of the system.
        everywhere: also empty personal columns with a value that only an erased record had, in rows
            that do not refer to it. Of a later delivery such a row is somebody else's.

    Returns:
        Whether there was anything to take out.

    """
    stem_and_format = split_suffix(path.name)
    assert stem_and_format is not None
    rules = _Rules(source, spec, everywhere=everywhere)
    if stem_and_format[1] is Format.CSV:
        return _redact_csv(con, path, rules)
    relation = f"read_parquet({path_literal(path)}, hive_partitioning = false)"
    described = con.sql(f"from {relation}")
    texts = {
        label: name(label)
        for label, kind in zip(described.columns, map(str, described.types), strict=True)
        if kind == "VARCHAR"
    }
    if not _is_any(con, relation, rules.touched(texts)):
        return False
    replaced = ", ".join(f"{rules.kept(texts, label)} as {name(label)}" for label in texts)
    query = f"select * replace ({replaced}) from {relation} where not {rules.theirs(texts)}"
    _write(con, query, path, "format parquet")
    return True


class _Rules:
    """SQL over the text columns of one extract, given as label → expression."""

    def __init__(self, source: tuple[str, str, str], spec: SystemSpec, *, everywhere: bool) -> None:
        system, instance, extract = source
        self.source = "/".join(source)
        self._sources = [f"{system}/{instance}/{table.name}" for table in spec.tables]
        self._everywhere = everywhere
        (table,) = [table for table in spec.tables if table.name == extract]
        self._keys = {known for key in table.meta.key for known in table.column(key).known_names}
        self._personal = {
            known
            for column in table.columns
            for known in column.known_names
            if (column.meta.model_extra or {}).get("privacy") != "none"
        }

    def theirs(self, texts: dict[str, str]) -> str:
        """The row is that of an erased record."""
        tests = [
            f"is_erased_key({literal(self.source)}, {text})"
            for label, text in texts.items()
            if normalised(label) in self._keys
        ]
        return f"({' or '.join(tests) or 'false'})"

    def touched(self, texts: dict[str, str]) -> str:
        """The row is that of an erased record, or something in it has to become empty."""
        tests = [self.theirs(texts), self._refers(texts)]
        if self._everywhere:
            tests += [f"is_erased_value({text})" for text in self._personal_of(texts).values()]
        return f"coalesce({' or '.join(tests)}, false)"

    def kept(self, texts: dict[str, str], label: str) -> str:
        """What becomes of a column in the rows that stay."""
        text = texts[label]
        if label not in self._personal_of(texts):
            return text
        is_theirs = self._refers(texts)
        if self._everywhere:
            is_theirs += f" or coalesce(is_erased_value({text}), false)"
        return f"case when not ({is_theirs}) then {text} end"

    def _personal_of(self, texts: dict[str, str]) -> dict[str, str]:
        return {label: text for label, text in texts.items() if normalised(label) in self._personal}

    def _refers(self, texts: dict[str, str]) -> str:
        tests = [
            f"coalesce(is_erased_key({literal(source)}, {text}), false)"
            for label, text in self._personal_of(texts).items()
            if _REFERENCE.search(normalised(label))
            for source in self._sources
        ]
        return f"({' or '.join(tests) or 'false'})"


def _redact_csv(con: duckdb.DuckDBPyConnection, path: Path, rules: _Rules) -> bool:
    con.execute(f"drop table if exists {_TABLE}")
    table = load_csv(con, path, _TABLE)
    if not table.columns:
        return False
    texts = {label: f"c{index}" for index, label in enumerate(table.columns)}
    good, is_touched = _TABLE, False
    damaged: list[str] = []
    if table.is_damaged:
        good = f"(select * from {_TABLE} where {REASON_COLUMN} is null)"
        damaged, is_touched = _damaged_lines(con, rules.source)
    if is_touched or _is_any(con, good, rules.touched(texts)):
        selected = ", ".join(f"{rules.kept(texts, label)} as {name(label)}" for label in texts)
        query = f"select {selected} from {good} where not {rules.theirs(texts)}"
        _write(con, query, path, "format csv, header, force_quote *", damaged)
        is_touched = True
    con.execute(f"drop table {_TABLE}")
    return is_touched


def _damaged_lines(con: duckdb.DuckDBPyConnection, source: str) -> tuple[list[str], bool]:
    """The lines that could not be read and stay, and whether any does not."""
    pieces = f"unnest(regexp_split_to_array({RAW_COLUMN}, '[,;\\t\"]'))"
    rows = con.execute(
        f"""
        with raw as (
            select rowid as place, {RAW_COLUMN} from {_TABLE} where {REASON_COLUMN} is not null
        ),
        theirs as (
            select distinct place
            from (select place, trim({pieces}) as piece from raw)
            where is_erased_value(piece) or is_erased_key({literal(source)}, piece)
        )
        select {RAW_COLUMN}, theirs.place is not null
        from raw left join theirs using (place)
        order by place
        """
    ).fetchall()
    return [line for line, is_theirs in rows if not is_theirs], any(each for _, each in rows)


def _is_any(con: duckdb.DuckDBPyConnection, relation: str, test: str) -> bool:
    return bool(con.execute(f"select 1 from {relation} where {test} limit 1").fetchall())


def _write(
    con: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    options: str,
    damaged: Sequence[str] = (),
) -> None:
    is_compressed = path.suffix == ".gz"
    if is_compressed:
        options += ", compression gzip"
    new = path.with_name(f".{path.name}.redacted")
    con.execute(f"copy ({query}) to {path_literal(new)} ({options})")
    if damaged:
        lines = "".join(f"{line}\n" for line in damaged).encode()
        with new.open("ab") as file:
            file.write(gzip.compress(lines) if is_compressed else lines)
    sync(new)
    swap_in(new, path)
