"""Kept deliveries without those who were erased."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb

from customer360.durable import swap_in, sync
from customer360.landing.csv_files import RAW_COLUMN, REASON_COLUMN, load_csv
from customer360.landing.deliveries import DELIVERIES_FOLDER
from customer360.landing.files import Format, split_suffix
from customer360.landing.sql import literal, name, path_literal

_TABLE = "delivered_texts"


def kept_files(home: Path) -> Iterator[tuple[Path, str]]:
    """Every kept delivery of a home, and its source: system/instance/object."""
    folder = home / DELIVERIES_FOLDER
    for path in sorted(folder.glob("*/*/*/*")):
        if split_suffix(path.name):
            yield path, path.parent.relative_to(folder).as_posix()


def redact(con: duckdb.DuckDBPyConnection, path: Path, source: str) -> bool:
    """Take out of a kept file the rows of erased records, and elsewhere their keys and values.

    A row of the source of an erased record that has its key in any column is that record. A file
    that says nothing of them stays as it is.

    Args:
        con: a connection with the functions of `erasure.prepare_cursor`.
        path: the kept file; it is replaced as a whole.
        source: system/instance/object.

    Returns:
        Whether there was anything to take out.

    """
    stem_and_format = split_suffix(path.name)
    assert stem_and_format is not None
    if stem_and_format[1] is Format.CSV:
        return _redact_csv(con, path, source)
    relation = f"read_parquet({path_literal(path)}, hive_partitioning = false)"
    columns = con.sql(f"from {relation}").columns
    kinds = [str(kind) for kind in con.sql(f"from {relation}").types]
    texts = {name(c): name(c) for c, kind in zip(columns, kinds, strict=True) if kind == "VARCHAR"}
    if not _says_something(con, relation, texts, source):
        return False
    kept = f"select * {_replaced(texts)} from {relation} where not {_is_theirs(texts, source)}"
    _write(con, kept, path, "format parquet")
    return True


def _redact_csv(con: duckdb.DuckDBPyConnection, path: Path, source: str) -> bool:
    con.execute(f"drop table if exists {_TABLE}")
    table = load_csv(con, path, _TABLE)
    if not table.columns:
        return False
    texts = {f"c{index}": name(label) for index, label in enumerate(table.columns)}
    damaged: list[tuple[str]] = []
    good = _TABLE
    is_touched = _says_something(con, good, texts, source)
    if table.is_damaged:
        good = f"(select * from {_TABLE} where {REASON_COLUMN} is null)"
        pieces = f"unnest(regexp_split_to_array({RAW_COLUMN}, '[,;\\t\"]'))"
        damaged = con.execute(
            f"""
            with raw as (select rowid as place, {RAW_COLUMN} from {_TABLE}
                where {REASON_COLUMN} is not null),
            theirs as (select distinct place from (select place, {pieces} as piece from raw)
                where is_erased_value(trim(piece)) or is_erased_key({literal(source)}, trim(piece)))
            select {RAW_COLUMN} from raw anti join theirs using (place) order by place
            """
        ).fetchall()
        ((all_damaged,),) = con.execute(
            f"select count(*) from {_TABLE} where {REASON_COLUMN} is not null"
        ).fetchall()
        is_touched = is_touched or len(damaged) < all_damaged
    if is_touched:
        selected = ", ".join(f"{_without(text)} as {label}" for text, label in texts.items())
        kept = f"select {selected} from {good} where not {_is_theirs(texts, source)}"
        _write(con, kept, path, "format csv, header, force_quote *", damaged)
    con.execute(f"drop table {_TABLE}")
    return is_touched


def _is_theirs(texts: dict[str, str], source: str) -> str:
    tests = [f"is_erased_key({literal(source)}, {text})" for text in texts]
    return f"({' or '.join(tests) or 'false'})"


def _without(text: str) -> str:
    return f"case when not coalesce(is_erased_value({text}), false) then {text} end"


def _replaced(texts: dict[str, str]) -> str:
    replaced = ", ".join(f"{_without(text)} as {text}" for text in texts)
    return f"replace ({replaced})" if replaced else ""


def _says_something(
    con: duckdb.DuckDBPyConnection, relation: str, texts: dict[str, str], source: str
) -> bool:
    if not texts:
        return False
    values = " or ".join(f"is_erased_value({text})" for text in texts)
    query = f"select 1 from {relation} where {_is_theirs(texts, source)} or {values} limit 1"
    return bool(con.execute(query).fetchall())


def _write(
    con: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    options: str,
    damaged: list[tuple[str]] | None = None,
) -> None:
    is_compressed = path.suffix == ".gz"
    if is_compressed:
        options += ", compression gzip"
    new = path.with_name(f".{path.name}.redacted")
    con.execute(f"copy ({query}) to {path_literal(new)} ({options})")
    if damaged:
        lines = "".join(f"{line}\n" for (line,) in damaged).encode()
        with new.open("ab") as file:
            file.write(gzip.compress(lines) if is_compressed else lines)
    sync(new)
    swap_in(new, path)
