"""Looks for texts in every file: what was erased must not be found anywhere."""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb

from customer360.registry import quoted

_CHUNK = 1 << 24
_FEWEST_DIGITS = 7


def is_identifier(text: str) -> bool:
    """Whether a text, wherever it stands, can only mean one person: an address, a number, a key."""
    return "@" in text or "/" in text or sum(c.isdigit() for c in text) >= _FEWEST_DIGITS


def find_remains(files: Iterable[Path], texts: Collection[str]) -> Iterator[str]:
    """Say where the texts are found, without repeating them.

    DuckDB compresses what it stores, so its tables are read, row by row; and the bytes of every
    file, those of databases too, since freed blocks keep what was in them. Identifiers are found
    wherever they stand; of other texts, which may be part of somebody else's, only a whole value
    counts.
    """
    if not texts:
        return
    for path in files:
        if path.suffix == ".duckdb":
            yield from _in_database(path, texts)
        elif path.suffix == ".parquet":
            with duckdb.connect() as con:
                if _in_relation(con, f"read_parquet({quoted(path)})", texts):
                    yield str(path)
                    continue
        if _in_bytes(path, [text for text in texts if is_identifier(text)]):
            yield f"{path} (its bytes)"


def _in_database(path: Path, texts: Collection[str]) -> Iterator[str]:
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(path)} as searched (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'searched'"
        ).fetchall()
        for schema, table in tables:
            if _in_relation(con, f'searched."{schema}"."{table}"', texts):
                yield f"{path}, table {schema}.{table}"


def _in_relation(con: duckdb.DuckDBPyConnection, relation: str, texts: Collection[str]) -> bool:
    con.execute("create or replace temp table sought (text varchar)")
    con.executemany("insert into sought values (?)", [[text] for text in texts])
    identifiers = [text for text in texts if is_identifier(text)]
    pattern = "|".join(re.escape(text) for text in identifiers)
    bounded = rf"(^|[^\w@.]|\W[.])({pattern})($|[^\w@])"
    described = con.sql(f"from {relation}")
    kinds = map(str, described.types)
    for name, kind in zip(described.columns, kinds, strict=True):
        if "VARCHAR" not in kind and "JSON" not in kind:
            continue
        tests = []
        if kind == "VARCHAR":
            tests.append(f'"{name}" in (select text from sought)')
        elif kind == "VARCHAR[]":
            tests.append(f'list_has_any("{name}", (select list(text) from sought))')
        if identifiers:
            tests.append(f'regexp_matches(cast("{name}" as varchar), $pattern)')
        query = f"select 1 from {relation} where {' or '.join(tests)} limit 1"
        if tests and con.execute(query, {"pattern": bounded} if identifiers else {}).fetchall():
            return True
    return False


def _in_bytes(path: Path, identifiers: Collection[str]) -> bool:
    if not identifiers:
        return False
    pattern = re.compile(b"|".join(re.escape(text.encode()) for text in identifiers))
    bounded = re.compile(rb"(?<![\w@.])(?:" + pattern.pattern + rb")(?![\w@])")
    longest = max(len(text.encode()) for text in identifiers) + 1
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            if bounded.search(tail + chunk):
                return True
            tail = chunk[-longest:]
    return False
