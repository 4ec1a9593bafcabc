"""CSV files, read so that no record is lost without a trace.

A file that DuckDB's strict parser accepts, with as many records as an independent count finds, is
taken as DuckDB reads it. Any other file is read record by record here: a record that cannot be used
is kept as raw text with the reason, and reading resumes on the next line.
"""

import gzip
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import duckdb
import numpy as np

from customer360.landing.sql import literal, name, path_literal

# part of a file's fingerprint: raise it when the reader's result for a file can change
READER_VERSION = 2
# characters of a quarantined line that are kept; the rest is cut off and marked with '…'
PAYLOAD_LIMIT = 10_000
SEPARATORS = (b",", b";", b"\t")
REASON_COLUMN = "_reason"
RAW_COLUMN = "_raw"
RAW_TABLE_PREFIX = "raw_"

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CHUNK = 1 << 24
_BATCH_ROWS = 50_000
_BATCH_BYTES = 1 << 26
# DuckDB's own default, which is also its smallest buffer
_LINE_SIZE = 2_000_000


class CsvError(Exception):
    """A file cannot be read as CSV at all; the message says why."""


@dataclass(frozen=True)
class Header:
    """The first record of a file.

    Attributes:
        columns: one name per column; a column without a name is called `column_<position>`.
        separator: what stands between two fields.
        end: where the second record begins, in bytes.
        is_plain: the header is the file's very first line and has no line breaks inside.

    """

    columns: tuple[str, ...]
    separator: bytes
    end: int
    is_plain: bool


@dataclass(frozen=True)
class CsvTable:
    """What became of a file.

    Attributes:
        columns: the header's names; the table's columns are c0, c1, … in this order.
        records: physical records in the file, the header not counted. Counted from its lines, not
            from what was read; lines inside of a record's quotes are not counted again.
        is_damaged: some records could not be used. The table then has `_reason` and `_raw` too,
            which are null for the good ones.

    """

    columns: tuple[str, ...]
    records: int
    is_damaged: bool


EMPTY = CsvTable(columns=(), records=0, is_damaged=False)


@dataclass(frozen=True)
class Record:
    """A record as it was found: its fields, or what is wrong with it.

    Attributes:
        lines: how many lines of the file it takes, empty ones not counted.

    """

    fields: tuple[str, ...] | None
    raw: str | None = None
    reason: str | None = None
    lines: int = 1


@dataclass(frozen=True)
class _Survey:
    records: int
    longest: int
    has_line_feeds: bool


def load_csv(con: duckdb.DuckDBPyConnection, path: Path, table: str) -> CsvTable:
    """Read a CSV file into a new table of text columns c0, c1, …; rowid + 1 is the record's number.

    Args:
        con: connection with a database to create the table in.
        path: file in UTF-8 or UTF-16, plain or .gz; comma, semicolon or tab between fields.
        table: SQL name of the table, quoted.

    Returns:
        The header and the count of records. A file with nothing in it, not even a header, has
        neither columns nor a table.

    Raises:
        CsvError: when the header is unusable or the file cannot be decompressed.

    """
    try:
        with _open(path) as file:
            start = file.read(_CHUNK)
        if _is_empty(start):
            return EMPTY
        if start[:2] not in _UTF16_BOMS:
            if len(start) == _CHUNK and b"\n" not in start and b"\r" not in start:
                raise CsvError(f"there is no line break in its first {_CHUNK:,} bytes")
            table_or_none = _load_fast(con, path, table, start)
            if table_or_none:
                return table_or_none
        with _open(path) as file:
            return _load_slow(con, file.read(), table)
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise CsvError(f"it cannot be read ({error})") from None


def read_header(data: bytes) -> Header:
    """Return the names in the first record that is not an empty line.

    Raises:
        CsvError: when it is not text, a quote is left open, or a name occurs twice.

    """
    start = len(_UTF8_BOM) if data.startswith(_UTF8_BOM) else 0
    newline = newline_of(data)
    begin = start
    while data[begin : begin + 1] in (b"\r", b"\n"):
        begin += 1
    line_end = data.find(newline, begin)
    line = data[begin : line_end if line_end >= 0 else len(data)]
    unquoted = re.sub(rb'"[^"]*"?', b"", line)
    separator = max(SEPARATORS, key=lambda each: (unquoted.count(each), each == b","))
    fields, end, problem = _split(data, begin, separator, newline)
    if problem:
        raise CsvError(f"its header is broken: {problem}")
    try:
        names = [field.decode("utf-8").strip() for field in fields or []]
    except UnicodeDecodeError:
        raise CsvError("its header is not UTF-8 text; is this a CSV file?") from None
    if any("\x00" in each for each in names):
        raise CsvError("its header holds zero bytes; is this a CSV file?")
    columns = [each or f"column_{position}" for position, each in enumerate(names, start=1)]
    seen: dict[str, str] = {}
    for column in columns:
        if column.casefold() in seen:
            first = seen[column.casefold()]
            both = repr(column) if first == column else f"{first!r} and {column!r}"
            raise CsvError(f"its header names a column twice: {both}; rename or remove one")
        seen[column.casefold()] = column
    is_plain = begin == start and b"\n" not in data[begin:end].rstrip(b"\r\n")
    return Header(tuple(columns), separator, end, is_plain)


def newline_of(data: bytes) -> bytes:
    """Return the byte that ends a line: a carriage return only where there is no line feed."""
    return b"\r" if b"\n" not in data and b"\r" in data else b"\n"


def parse_records(data: bytes, header: Header) -> Iterator[Record]:
    """Yield every record after the header, good or bad; empty lines are no records.

    A record that leaves a quote open or has a wrong number of fields costs the line on which it
    begins and no other: reading resumes on the next line. A record that is sound but not UTF-8 is
    bad as a whole.
    """
    newline = newline_of(data)
    position = header.end
    width = len(header.columns)
    while position < len(data):
        line_end = data.find(newline, position)
        line_end = len(data) if line_end < 0 else line_end
        line = data[position:line_end].removesuffix(b"\r")
        if not line:
            position = line_end + 1
            continue
        if b'"' in line:
            fields, end, problem = _split(data, position, header.separator, newline)
        else:
            fields, end, problem = line.split(header.separator), line_end + 1, None
        if fields is not None and not any(fields[width:]):
            # DuckDB, too, overlooks separators after the last field
            del fields[width:]
        if fields is not None and len(fields) != width:
            problem = (
                f"{len(fields)} {'field' if len(fields) == 1 else 'fields'} instead of {width}"
            )
        if problem or fields is None:
            yield Record(None, _shown(line), problem)
            position = line_end + 1
            continue
        lines = 1 if end <= line_end + 1 else count_lines(data[position:end], newline)
        try:
            yield Record(tuple(field.decode("utf-8") for field in fields), lines=lines)
        except UnicodeDecodeError:
            whole = data[position:end].removesuffix(newline).removesuffix(b"\r")
            yield Record(None, _shown(whole), "invalid UTF-8", lines)
        position = end


def count_lines(data: bytes, newline: bytes) -> int:
    """Return how many lines have anything in them; knows nothing of quotes and separators."""
    if not data:
        return 0
    array = np.frombuffer(data, dtype=np.uint8)
    ends = np.append(np.flatnonzero(array == newline[0]), array.size)
    lengths = np.diff(ends, prepend=-1) - 1
    if newline == b"\n":
        # a carriage return before the line feed belongs to the line's end
        lengths -= (lengths > 0) & (array[np.maximum(ends - 1, 0)] == 0x0D)
    return int(np.count_nonzero(lengths > 0))


def _split(
    data: bytes, start: int, separator: bytes, newline: bytes
) -> tuple[list[bytes] | None, int, str | None]:
    """Split the record at `start` into fields; return them, the next record's start, a problem."""
    fields: list[bytes] = []
    position = start
    while True:
        opening = _skip_spaces(data, position)
        if data[opening : opening + 1] == b'"':
            search = opening + 1
            while True:
                close = data.find(b'"', search)
                if close < 0:
                    return None, len(data), "unterminated quote"
                if data[close + 1 : close + 2] != b'"':
                    break
                search = close + 2
            value = data[opening + 1 : close]
            fields.append(value.replace(b'""', b'"'))
            position = _skip_spaces(data, close + 1)
            after = data[position : position + 2]
            if after[:1] == separator:
                position += 1
                continue
            if not after:
                return fields, position, None
            if after[:1] == newline:
                return fields, position + 1, None
            if after == b"\r\n" or after == b"\r":
                return fields, position + len(after), None
            if newline in value:
                return None, position, "unterminated quote"
            return None, position, "text after a closing quote"
        line_end = data.find(newline, position)
        line_end = len(data) if line_end < 0 else line_end
        next_separator = data.find(separator, position, line_end)
        if next_separator >= 0:
            fields.append(data[position:next_separator])
            position = next_separator + 1
            continue
        fields.append(data[position:line_end].removesuffix(b"\r"))
        return fields, min(line_end + 1, len(data)), None


def _is_empty(start: bytes) -> bool:
    return len(start) < _CHUNK and not start.removeprefix(_UTF8_BOM).strip(b"\r\n")


def _skip_spaces(data: bytes, position: int) -> int:
    """Return where the spaces end that DuckDB allows around a quoted field."""
    while data[position : position + 1] == b" ":
        position += 1
    return position


def _shown(raw: bytes) -> str:
    text = raw.decode("utf-8", errors="replace")
    return text if len(text) <= PAYLOAD_LIMIT else text[:PAYLOAD_LIMIT] + "…"


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _load_fast(
    con: duckdb.DuckDBPyConnection, path: Path, table: str, start: bytes
) -> CsvTable | None:
    """Let DuckDB read the file; None when it refuses or when the counts differ."""
    header = read_header(start)
    if not header.is_plain:
        return None
    with _open(path) as file:
        survey = _survey(file)
    if not survey.has_line_feeds:
        return None
    columns = ", ".join(f"'c{index}': 'varchar'" for index in range(len(header.columns)))
    options = {
        "auto_detect": "false",
        "columns": f"{{{columns}}}",
        "header": "true",
        "delim": literal(header.separator.decode()),
        "quote": "'\"'",
        "escape": "'\"'",
        "strict_mode": "true",
        "null_padding": "false",
        "ignore_errors": "false",
        "max_line_size": str(max(_LINE_SIZE, survey.longest + 1_000)),
        "compression": "'gzip'" if path.suffix.lower() == ".gz" else "'none'",
    }
    listed = ", ".join(f"{option} = {value}" for option, value in options.items())
    try:
        _create_in_order(con, table, f"read_csv({path_literal(path)}, {listed})")
    except duckdb.Error:
        return None
    [(count,)] = con.execute(f"select count(*) from {table}").fetchall()
    if count != survey.records:
        return None
    return CsvTable(header.columns, count, is_damaged=False)


def _survey(file: gzip.GzipFile | BufferedReader) -> _Survey:
    """Count the records of a file without parsing it: lines that end outside of quotes."""
    quotes_before = 0
    length_before = 0
    carriage_return_before = False
    records = 0
    longest = 0
    has_line_feeds = False
    while chunk := file.read(_CHUNK):
        array = np.frombuffer(chunk, dtype=np.uint8)
        quotes = np.flatnonzero(array == 0x22)
        ends = np.flatnonzero(array == 0x0A)
        has_line_feeds = has_line_feeds or bool(ends.size)
        ends = ends[(np.searchsorted(quotes, ends) + quotes_before) % 2 == 0]
        if ends.size:
            lengths = np.diff(ends, prepend=-1) - 1
            lengths[0] += length_before
            carriage_returns = (ends > 0) & (array[np.maximum(ends - 1, 0)] == 0x0D)
            if ends[0] == 0:
                carriage_returns[0] = carriage_return_before
            records += int(np.count_nonzero(lengths - carriage_returns > 0))
            longest = max(longest, int(lengths.max()))
            length_before = len(chunk) - int(ends[-1]) - 1
        else:
            length_before += len(chunk)
        quotes_before = (quotes_before + int(quotes.size)) % 2
        carriage_return_before = chunk.endswith(b"\r")
    if length_before > int(carriage_return_before):
        records += 1
    return _Survey(max(records - 1, 0), max(longest, length_before), has_line_feeds)


def _load_slow(con: duckdb.DuckDBPyConnection, data: bytes, table: str) -> CsvTable:
    # only needed here, and slow to import
    import pyarrow as pa
    import pyarrow.parquet as pq

    encoding = _UTF16_BOMS.get(data[:2])
    if encoding:
        data = _utf8_of(data[2:], encoding)
        if _is_empty(data):
            return EMPTY
    header = read_header(data)
    fields = [f"c{index}" for index in range(len(header.columns))]
    schema = pa.schema([(field, pa.string()) for field in [*fields, REASON_COLUMN, RAW_COLUMN]])
    records = count_lines(data[header.end :], newline_of(data))
    is_damaged = False
    with tempfile.TemporaryDirectory(prefix="customer360_") as folder:
        parts = Path(folder) / "records.parquet"
        with pq.ParquetWriter(parts, schema) as writer:
            for batch in _batches(parse_records(data, header)):
                # of a record of several lines, one counts
                records -= sum(record.lines - 1 for record in batch)
                is_damaged = is_damaged or any(record.reason for record in batch)
                nothing = (None,) * len(fields)
                columns = list(zip(*(record.fields or nothing for record in batch), strict=True))
                arrays = [
                    *(pa.array(column, pa.string()) for column in columns),
                    pa.array([record.reason for record in batch], pa.string()),
                    pa.array([record.raw for record in batch], pa.string()),
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        _create_in_order(con, table, f"read_parquet({path_literal(parts)})")
    if not is_damaged:
        for column in (REASON_COLUMN, RAW_COLUMN):
            con.execute(f"alter table {table} drop column {name(column)}")
    return CsvTable(header.columns, records, is_damaged)


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += sum(map(len, record.fields)) if record.fields else len(record.raw or "")
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _utf8_of(data: bytes, encoding: str) -> bytes:
    """Recode UTF-16; what is no character becomes bytes that are no UTF-8 either."""
    usable = len(data) - len(data) % 2
    text = data[:usable].decode(encoding, errors="surrogatepass")
    return text.encode("utf-8", errors="surrogatepass") + b"\xff" * (len(data) - usable)


def _create_in_order(con: duckdb.DuckDBPyConnection, table: str, relation: str) -> None:
    """Create a table whose rowids follow the order of the rows in the file."""
    [(setting,)] = con.execute("select current_setting('preserve_insertion_order')").fetchall()
    con.execute("set preserve_insertion_order = true")
    try:
        con.execute(f"create or replace table {table} as select * from {relation}")
    finally:
        con.execute(f"set preserve_insertion_order = {'true' if setting else 'false'}")


def table_name(path: str) -> str:
    """Return the name of the table that holds a file, the same for the same path."""
    return RAW_TABLE_PREFIX + hashlib.sha256(path.encode()).hexdigest()[:20]
