"""Looks for texts in every file: what was erased must not be found anywhere."""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb

from customer360.registry import quoted

_CHUNK = 1 << 24


def find_remains(files: Iterable[Path], texts: Collection[str]) -> Iterator[str]:
    """Say where the texts are found, without repeating them, as words of their own.

    DuckDB compresses what it stores, so its tables are read, row by row; and the bytes of every
    file, those of databases too, since freed blocks keep what was in them.
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
        if _in_bytes(path, texts):
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
    pattern = "|".join(re.escape(text) for text in texts)
    bounded = rf"(^|[^\w@.]|\W[.])({pattern})($|[^\w@])"
    described = con.sql(f"from {relation}")
    for name, kind in zip(described.columns, map(str, described.types), strict=True):
        if "VARCHAR" not in kind and "JSON" not in kind:
            continue
        test = f'regexp_matches(cast("{name}" as varchar), $pattern)'
        query = f"select 1 from {relation} where {test} limit 1"
        if con.execute(query, {"pattern": bounded}).fetchall():
            return True
    return False


def _in_bytes(path: Path, texts: Collection[str]) -> bool:
    pattern = b"|".join(re.escape(text.encode()) for text in texts)
    bounded = re.compile(rb"(?<![\w@.])(?:" + pattern + rb")(?![\w@])")
    longest = max(len(text.encode()) for text in texts) + 1
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            if bounded.search(tail + chunk):
                return True
            tail = chunk[-longest:]
    return False
