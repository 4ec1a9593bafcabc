"""Quoting of what comes from outside, and the SQL that converts a delivered value."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duckdb.sqltypes import DuckDBPyType

from customer360.landing.spec import ColumnSpec, Kind

# why a date or time that is later than can be is no value
IN_THE_FUTURE = "in the future"


def literal(text: str) -> str:
    """Return a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(identifier: str) -> str:
    """Return a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def path_literal(path: Path) -> str:
    """Return a literal that DuckDB reads as this very path: `[1].csv` is a name, not a pattern."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))


class UnsupportedTypeError(Exception):
    """A delivered column has a type that the declared type cannot be made from."""


@dataclass(frozen=True)
class Conversion:
    """A delivered column as SQL, in two steps so that long expressions occur once.

    Attributes:
        computed: expression that the first step gives a name; None if there is nothing to compute.
        value: expression of the declared type; null where nothing usable was delivered. Like the
            others it may refer to the delivered column and to the name of the first step.
        reason: expression that says in words why a delivered value became null; None if that
            cannot happen.
        text: expression of the value as delivered.
        is_present: expression that is true where a value that is not blank was delivered.

    """

    computed: str | None
    value: str
    reason: str | None
    text: str
    is_present: str


# white space that makes a text blank: also vertical tabs, no-break, full-width and zero-width ones
_WHITE_SPACE = " \t\n\r\f\v\u00a0\u3000\u200b\ufeff"
_BLANK = r"[\s\x0b\x{a0}\x{3000}\x{200b}\x{feff}]*"
_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
_OFFSET = r" ?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)"
_COMPACT_DAY = r"\d{8}"
_EPOCH = r"-?\d{9,19}(\.\d+)?"
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_PAIRS_TYPE = Kind.PAIR_LIST.value
_INTEGERS = {
    *("tinyint", "smallint", "integer", "bigint", "hugeint"),
    *("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"),
}
_FLOATS = {"float", "double"}
_PLAIN_TIMESTAMPS = {"timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"}
_NESTED = {"list", "array", "struct", "map", "union", "variant"}
_NOT_A = {
    Kind.DATE: "not a date",
    Kind.TIMESTAMP: "not a timestamp",
    Kind.BOOLEAN: "not a boolean",
    Kind.BIGINT: "not a whole number",
    Kind.DOUBLE: "not a number",
    Kind.DECIMAL: "not a number",
    Kind.PAIR_LIST: "not a list of type:value",
}


def fields_of(nested: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """Return the types inside a struct, or of a list's elements under the name `child`."""
    return {field: inner for field, inner in nested.children if isinstance(inner, DuckDBPyType)}


def convert(
    raw: str, delivered: DuckDBPyType, column: ColumnSpec, *, latest: datetime, step: str
) -> Conversion:
    """Return the SQL that turns a delivered column into the declared one.

    Args:
        raw: SQL expression of the delivered column.
        delivered: its type.
        column: the declared column.
        latest: naive UTC; a later date or time is impossible, unless `future` is declared.
        step: how the other expressions call what the first step computes.

    Raises:
        UnsupportedTypeError: when no value of the delivered type can become the declared type.

    """
    kind = column.kind
    if delivered.id == "blob":
        raw, is_text = f"try(decode({raw}))", True
    else:
        is_text = delivered.id == "varchar"
    text = raw if is_text else _as_text(raw, delivered)
    is_present = f"not {_matches(raw, _BLANK)}" if is_text else f"{raw} is not null"
    if delivered.id == "null":
        computed: str | None = f"cast(null as {column.data_type})"
    elif is_text:
        computed = _from_text(raw, kind, column.data_type)
    else:
        computed = _from_native(raw, delivered, kind, column.data_type)
    if computed is None:
        raise UnsupportedTypeError(
            f"has type {str(delivered).lower()}, which cannot become {column.data_type}"
        )
    value = raw if computed == raw else step
    reason = _reason(raw, value, kind, is_text, is_present)
    if kind in (Kind.DATE, Kind.TIMESTAMP) and not column.meta.future:
        limit = f"timestamp {literal(latest.isoformat(sep=' '))}"
        late = literal(IN_THE_FUTURE)
        inner = f"when {value} > {limit} then {late}"
        reason = f"case {inner} else {reason} end" if reason else f"case {inner} end"
        value = f"case when {value} <= {limit} then {value} end"
    return Conversion(None if computed == raw else computed, value, reason, text, is_present)


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def _as_text(raw: str, delivered: DuckDBPyType) -> str:
    if delivered.id in _NESTED:
        return f"cast(to_json({raw}) as varchar)"
    if delivered.id in _FLOATS:
        # an id that met a null in pandas: 12345.0
        return (
            f"case when {raw} = floor({raw}) and abs({raw}) < 1e15 "
            f"then cast(cast({raw} as bigint) as varchar) else cast({raw} as varchar) end"
        )
    return f"cast({raw} as varchar)"


def _from_text(raw: str, kind: Kind, data_type: str) -> str:
    trimmed = _trimmed(raw)
    if kind is Kind.VARCHAR:
        return f"case when {_matches(raw, _BLANK)} then null else {raw} end"
    if kind is Kind.TIMESTAMP:
        return (
            f"case when {_matches(trimmed, f'{_DAY}({_TIME})?')} "
            f"then try_cast({trimmed} as timestamp) "
            f"when {_matches(trimmed, _DAY + _TIME + _OFFSET)} "
            f"then timezone('UTC', try_cast({trimmed} as timestamptz)) "
            f"when {_matches(trimmed, _COMPACT_DAY)} "
            f"then cast(try_strptime({trimmed}, '%Y%m%d') as timestamp) "
            f"when {_matches(trimmed, _EPOCH)} "
            f"then {_epoch(f'try_cast({trimmed} as decimal(38, 6))')} end"
        )
    if kind is Kind.DATE:
        # the day as written: an offset does not move it
        return (
            f"case when {_matches(trimmed, f'{_DAY}({_TIME}({_OFFSET})?)?')} "
            f"then try_cast(regexp_extract({trimmed}, {literal(_DAY)}) as date) "
            f"when {_matches(trimmed, _COMPACT_DAY)} "
            f"then cast(try_strptime({trimmed}, '%Y%m%d') as date) "
            f"when {_matches(trimmed, _EPOCH)} "
            f"then cast({_epoch(f'try_cast({trimmed} as decimal(38, 6))')} as date) end"
        )
    if kind is Kind.BOOLEAN:
        return (
            f"case when lower({trimmed}) in ('true', 't', 'yes', 'y', '1', '1.0') then true "
            f"when lower({trimmed}) in ('false', 'f', 'no', 'n', '0', '0.0') then false end"
        )
    if kind is Kind.BIGINT:
        whole = _matches(trimmed, r"[+-]?\d+(\.0*)?")
        return f"case when {whole} then try_cast({trimmed} as bigint) end"
    if kind in (Kind.DOUBLE, Kind.DECIMAL):
        return f"case when {_matches(trimmed, _NUMBER)} then try_cast({trimmed} as {data_type}) end"
    is_json = f"starts_with({trimmed}, '[') and json_valid({raw})"
    if kind is Kind.TEXT_LIST:
        from_json = f"from_json({raw}, '[\"VARCHAR\"]')"
        listed = _items(f"case when {is_json} then {from_json} else {_split_text(raw)} end")
    else:
        shape = literal('[{"type": "VARCHAR", "value": "VARCHAR"}]')
        from_json = f"try(from_json({raw}, {shape}))"
        split = (
            f"list_transform({_items(_split_text(raw))}, lambda item: "
            "{'type': trim(split_part(item, ':', 1)), "
            "'value': trim(substr(item, nullif(instr(item, ':'), 0) + 1))})"
        )
        pairs = f"case when {is_json} then {from_json} else {split} end"
        listed = f"list_filter({pairs}, lambda pair: pair.type <> '' and pair.value <> '')"
    return f"cast(case when len({listed}) > 0 then {listed} end as {data_type})"


def _split_text(raw: str) -> str:
    return f"string_split({raw}, ';')"


def _trimmed(raw: str) -> str:
    return f"trim({raw}, {literal(_WHITE_SPACE)})"


def _items(values: str) -> str:
    trimmed = f"list_transform({values}, lambda item: {_trimmed('item')})"
    return f"list_filter({trimmed}, lambda item: item <> '')"


def _epoch(number: str) -> str:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by magnitude."""
    micros = (
        f"case when abs({number}) < 1e11 then {number} * 1000000 "
        f"when abs({number}) < 1e14 then {number} * 1000 "
        f"when abs({number}) < 1e17 then {number} "
        f"else {number} / 1000 end"
    )
    return f"make_timestamp(try_cast(trunc({micros}) as bigint))"


def _from_native(raw: str, delivered: DuckDBPyType, kind: Kind, data_type: str) -> str | None:
    source = delivered.id
    is_number = source in _INTEGERS | _FLOATS or source == "decimal"
    if kind is Kind.VARCHAR:
        return _as_text(raw, delivered)
    if kind in (Kind.TIMESTAMP, Kind.DATE):
        if source == "timestamp with time zone":
            raw, source = f"timezone('UTC', {raw})", "timestamp"
        if source == data_type:
            return raw
        if source in _PLAIN_TIMESTAMPS or source == "date":
            return f"try_cast({raw} as {data_type})"
        if is_number:
            digits = f"cast(try_cast({raw} as bigint) as varchar)"
            moment = (
                f"case when {raw} between 19000101 and 21001231 "
                f"then cast(try_strptime({digits}, '%Y%m%d') as timestamp) "
                f"else {_epoch(f'try_cast({raw} as decimal(38, 6))')} end"
            )
            return moment if kind is Kind.TIMESTAMP else f"cast({moment} as date)"
        return None
    if kind is Kind.BOOLEAN:
        if source == "boolean":
            return raw
        return f"case {raw} when 1 then true when 0 then false end" if is_number else None
    if kind in (Kind.BIGINT, Kind.DOUBLE, Kind.DECIMAL):
        if source == data_type:
            return f"case when isfinite({raw}) then {raw} end" if kind is Kind.DOUBLE else raw
        if str(delivered).lower() == data_type:
            return raw
        if not is_number:
            return None
        if kind is Kind.BIGINT and source not in _INTEGERS:
            return f"case when {raw} = floor({raw}) then try_cast({raw} as bigint) end"
        return f"try_cast({raw} as {data_type})"
    if source not in ("list", "array"):
        return None
    child = fields_of(delivered)["child"]
    if kind is Kind.TEXT_LIST:
        return raw if str(delivered).lower() == data_type else f"try_cast({raw} as varchar[])"
    if child.id != "struct" or not {"type", "value"} <= set(fields_of(child)):
        return None
    fields = [(field, inner.id) for field, inner in fields_of(child).items()]
    if source == "list" and fields == [("type", "varchar"), ("value", "varchar")]:
        return raw
    pair = "{'type': cast(item.type as varchar), 'value': cast(item.value as varchar)}"
    return f"cast(list_transform({raw}, lambda item: {pair}) as {_PAIRS_TYPE})"


def _reason(raw: str, value: str, kind: Kind, is_text: bool, is_present: str) -> str | None:
    """Return the expression that tells what is wrong with a value, apart from a future date."""
    if kind in (Kind.VARCHAR, Kind.TEXT_LIST) or value == raw:
        return None
    complaint = literal(_NOT_A[kind])
    if kind is not Kind.PAIR_LIST:
        return f"case when {is_present} and {value} is null then {complaint} end"
    if not is_text:
        return None
    items = f"len({_items(_split_text(raw))})"
    is_json = f"starts_with({_trimmed(raw)}, '[') and json_valid({raw})"
    expected = f"case when {is_json} then json_array_length({raw}) else {items} end"
    return f"case when {expected} > coalesce(len({value}), 0) then {complaint} end"
