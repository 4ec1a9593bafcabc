from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from duckdb.sqltypes import VARCHAR

from customer360.landing.spec import ColumnSpec
from customer360.landing.sql import UnsupportedTypeError, convert, literal, name

LATEST = datetime(2026, 11, 2, 12, 0)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    # naive times must not be read in the session's zone
    con.execute("set TimeZone = 'Asia/Tokyo'")
    return con


def converted(
    con: duckdb.DuckDBPyConnection, delivered: str, data_type: str, **meta: Any
) -> tuple[Any, str | None]:
    """Convert a SQL expression; return the value and what is wrong with it."""
    [source] = con.sql(f"select {delivered} as x").types
    column = ColumnSpec.model_validate(
        {"name": "x", "data_type": data_type, "config": {"meta": meta}}
    )
    result = convert("x", source, column, latest=LATEST, step="y")
    reason = result.reason or "null"
    [row] = con.execute(
        f"select {result.value}, {reason}, typeof({result.value}) "
        f"from (select x, {result.computed or 'null'} as y from (select {delivered} as x))"
    ).fetchall()
    assert row[2].lower().replace('"', "") in (data_type, "null")
    return row[0], row[1]


NOON = datetime(2024, 1, 2, 12, 0)


@pytest.mark.parametrize(
    ("text", "data_type", "expected"),
    [
        ("2024-01-02T12:00:00Z", "timestamp", NOON),
        ("2024-01-02T12:00:00.000Z", "timestamp", NOON),
        ("2024-01-02T12:00:00.000+0000", "timestamp", NOON),
        ("2024-01-02T21:00:00+09:00", "timestamp", NOON),
        ("2024-01-02 21:00:00+0900", "timestamp", NOON),
        ("2024-01-02 06:00:00-06", "timestamp", NOON),
        ("2024-01-02 12:00:00 UTC", "timestamp", NOON),
        ("2024-01-02 12:00", "timestamp", NOON),
        (" 2024-01-02 12:00:00 ", "timestamp", NOON),
        ("2024-01-02", "timestamp", datetime(2024, 1, 2)),
        ("2024/1/2", "timestamp", datetime(2024, 1, 2)),
        ("20240102", "timestamp", datetime(2024, 1, 2)),
        ("1704196800", "timestamp", NOON),
        ("1704196800000", "timestamp", NOON),
        ("1704196800000000", "timestamp", NOON),
        ("1704196800000000000", "timestamp", NOON),
        ("1704196800.5", "timestamp", datetime(2024, 1, 2, 12, 0, 0, 500_000)),
        ("2024-01-02", "date", date(2024, 1, 2)),
        ("2024-01-02T00:00:00+09:00", "date", date(2024, 1, 2)),
        ("20240102", "date", date(2024, 1, 2)),
        ("TRUE", "boolean", True),
        ("1", "boolean", True),
        ("Yes", "boolean", True),
        ("t", "boolean", True),
        ("False", "boolean", False),
        ("0", "boolean", False),
        ("no", "boolean", False),
        ("F", "boolean", False),
        ("12", "bigint", 12),
        ("12.0", "bigint", 12),
        ("-1.5e2", "double", -150.0),
        ("1234.5", "decimal(18,2)", Decimal("1234.50")),
        ("a@x.jp; b@y.jp ;;", "varchar[]", ["a@x.jp", "b@y.jp"]),
        ('["a@x.jp", "b;c"]', "varchar[]", ["a@x.jp", "b;c"]),
        ("[not json", "varchar[]", ["[not json"]),
        (
            "loyalty:42; web:https://x.jp:80/",
            "struct(type varchar, value varchar)[]",
            [{"type": "loyalty", "value": "42"}, {"type": "web", "value": "https://x.jp:80/"}],
        ),
        (
            '[{"type": "web", "value": "https://x.jp"}]',
            "struct(type varchar, value varchar)[]",
            [{"type": "web", "value": "https://x.jp"}],
        ),
        (" as delivered ", "varchar", " as delivered "),
    ],
)
def test_text_becomes_a_value(
    con: duckdb.DuckDBPyConnection, text: str, data_type: str, expected: Any
) -> None:
    assert converted(con, literal(text), data_type) == (expected, None)


@pytest.mark.parametrize(
    ("text", "data_type", "reason"),
    [
        ("2024-02-31", "date", "not a date"),
        ("2024-02-31", "timestamp", "not a timestamp"),
        ("2024-01-02 12:00:00 Asia/Tokyo", "timestamp", "not a timestamp"),
        ("1/2/2024", "date", "not a date"),
        ("infinity", "timestamp", "not a timestamp"),
        ("12:00", "timestamp", "not a timestamp"),
        ("123456", "timestamp", "not a timestamp"),
        ("maybe", "boolean", "not a boolean"),
        ("2", "boolean", "not a boolean"),
        ("1.5", "bigint", "not a whole number"),
        ("99999999999999999999", "bigint", "not a whole number"),
        ("nan", "double", "not a number"),
        ("1,234", "decimal(18,2)", "not a number"),
        ("2026-11-03", "date", "in the future"),
        ("2026-11-02 12:00:01", "timestamp", "in the future"),
        ("9999-12-31", "timestamp", "in the future"),
    ],
)
def test_what_is_no_value_becomes_null_with_a_reason(
    con: duckdb.DuckDBPyConnection, text: str, data_type: str, reason: str
) -> None:
    assert converted(con, literal(text), data_type) == (None, reason)


def test_a_part_of_a_list_that_cannot_be_used_is_reported_and_the_rest_is_kept(
    con: duckdb.DuckDBPyConnection,
) -> None:
    value, reason = converted(con, "'a:1;b;:c'", "struct(type varchar, value varchar)[]")
    assert value == [{"type": "a", "value": "1"}]
    assert reason == "not a list of type:value"


@pytest.mark.parametrize("blank", ["", "  ", "\t", "　", "\u00a0", "\u200b", "\r\n"])
@pytest.mark.parametrize(
    "data_type",
    ["varchar", "date", "timestamp", "boolean", "bigint", "double", "decimal(18,2)", "varchar[]"],
)
def test_blank_text_is_null_and_no_mistake(
    con: duckdb.DuckDBPyConnection, blank: str, data_type: str
) -> None:
    assert converted(con, literal(blank), data_type) == (None, None)


def test_a_day_of_tolerance_and_planned_dates(con: duckdb.DuckDBPyConnection) -> None:
    assert converted(con, "'2026-11-02 12:00'", "timestamp") == (LATEST, None)
    later = (datetime(2030, 1, 1), None)
    assert converted(con, "'2030-01-01'", "timestamp", future=True) == later
    assert converted(con, "timestamp '2030-01-01'", "timestamp") == (None, "in the future")


@pytest.mark.parametrize(
    ("delivered", "data_type", "expected"),
    [
        ("timestamptz '2024-01-02 12:00:00+00'", "timestamp", NOON),
        ("timestamp_ns '2024-01-02 12:00:00'", "timestamp", NOON),
        ("timestamptz '2024-01-02 23:00:00+00'", "date", date(2024, 1, 2)),
        ("1704196800000", "timestamp", NOON),
        ("1704196800000000::double", "timestamp", NOON),
        ("20240102", "date", date(2024, 1, 2)),
        ("date '2024-01-02'", "timestamp", datetime(2024, 1, 2)),
        ("12345::bigint", "varchar", "12345"),
        ("12345::double", "varchar", "12345"),
        ("1.5::double", "varchar", "1.5"),
        ("'k'::blob", "varchar", "k"),
        ("{'a': 1}", "varchar", '{"a":1}'),
        ("1::tinyint", "boolean", True),
        ("12::double", "bigint", 12),
        ("12.345::double", "decimal(18,2)", Decimal("12.35")),
        ("['a', 'b']", "varchar[]", ["a", "b"]),
        ("[1, 2]", "varchar[]", ["1", "2"]),
        (
            "[{'value': 'v', 'type': 't'}]",
            "struct(type varchar, value varchar)[]",
            [{"type": "t", "value": "v"}],
        ),
        ("null", "timestamp", None),
    ],
)
def test_parquet_types_become_the_declared_type(
    con: duckdb.DuckDBPyConnection, delivered: str, data_type: str, expected: Any
) -> None:
    assert converted(con, delivered, data_type) == (expected, None)


@pytest.mark.parametrize(
    ("delivered", "data_type"),
    [
        ("[1]", "timestamp"),
        ("date '2024-01-02'", "boolean"),
        ("['x']", "bigint"),
        ("['x']", "struct(type varchar, value varchar)[]"),
        ("1", "varchar[]"),
    ],
)
def test_a_type_that_cannot_be_converted_is_refused(
    con: duckdb.DuckDBPyConnection, delivered: str, data_type: str
) -> None:
    with pytest.raises(UnsupportedTypeError, match="cannot become"):
        converted(con, delivered, data_type)


def test_names_and_texts_from_outside_are_quoted(con: duckdb.DuckDBPyConnection) -> None:
    nasty = """it's "quoted"; drop table x --"""
    [row] = con.execute(f"select {literal(nasty)} as {name(nasty)}").fetchall()
    assert row == (nasty,)
    assert con.description[0][0] == nasty


def test_a_plain_text_column_of_parquet_is_never_reported() -> None:
    column = ColumnSpec.model_validate({"name": "x", "data_type": "varchar"})
    assert convert("x", VARCHAR, column, latest=LATEST, step="y").reason is None
