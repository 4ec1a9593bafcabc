import csv
import gzip
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer360.landing import csv_files
from customer360.landing.csv_files import (
    PAYLOAD_LIMIT,
    CsvError,
    Header,
    load_csv,
    parse_records,
    read_header,
)

quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
any_text = st.text(
    st.characters(codec="utf-8") | st.sampled_from('",;\n\t 　é田'), max_size=12
).filter(lambda text: "\r" not in text)
plain_text = st.text(st.sampled_from("abc 田é-'"), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def loaded(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[Any, ...]]:
    result = load_csv(con, path, "loaded")
    width = len(result.columns)
    rows = con.execute("select * from loaded order by rowid").fetchall()
    assert len(rows) == result.records
    # what is blank is null later on: the two readers need not agree on how it looks here
    return [tuple(value or None for value in row[:width]) + row[width:] for row in rows]


def written(rows: list[tuple[str, ...]], **options: Any) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, **{"lineterminator": "\n", **options})
    writer.writerow([f"column {index}" for index in range(len(rows[0]))])
    writer.writerows(rows)
    return text.getvalue().encode()


@quick
@given(
    rows=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.tuples(*[any_text] * width), min_size=1, max_size=8)
    ),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    newline=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from([",", ";", "\t"]),
    bom=st.booleans(),
)
def test_whatever_a_csv_writer_writes_is_read_back(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    quoting: int,
    newline: str,
    separator: str,
    bom: bool,
) -> None:
    data = written(rows, quoting=quoting, lineterminator=newline, delimiter=separator)
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbf" * bom + data)
    expected = [tuple(value or None for value in row) for row in rows]
    assert loaded(con, path) == expected
    assert not load_csv(con, path, "loaded").is_damaged


@quick
@given(
    rows=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.tuples(*[any_text] * width), min_size=1, max_size=8)
    )
)
def test_the_careful_reader_and_duckdb_agree_on_sound_files(rows: list[tuple[str, ...]]) -> None:
    data = written(rows)
    records = list(parse_records(data, read_header(data)))
    assert [record.fields for record in records] == rows
    assert all(record.reason is None for record in records)


@quick
@given(
    rows=st.lists(st.tuples(plain_text, plain_text, plain_text), min_size=1, max_size=12),
    at=st.integers(0, 11),
    harm=st.sampled_from([b'x,"y,z', b'"x,y,z', b"x,y", b"x,y,z,w", b"x,\xff,z", b'x,"y"y,z']),
    newline=st.sampled_from([b"\n", b"\r\n"]),
)
def test_one_bad_line_costs_no_other_line(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    at: int,
    harm: bytes,
    newline: bytes,
) -> None:
    lines = [",".join(row).encode() for row in rows]
    lines.insert(at, harm)
    path = tmp_path / "file.csv"
    path.write_bytes(newline.join([b"a,b,c", *lines]) + newline)
    result = loaded(con, path)
    assert [row[:3] for row in result if row[3] is None] == rows
    [bad] = [row for row in result if row[3] is not None]
    assert bad[4] == harm.decode(errors="replace")
    assert result.index(bad) == min(at, len(rows))


@quick
@given(
    rows=st.lists(st.tuples(any_text, any_text, any_text), min_size=1, max_size=6),
    cuts=st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from([b'"', b"\xff", b"\n", b",", b"\x00", b""])),
        max_size=5,
    ),
)
def test_every_line_of_a_mutilated_file_is_in_some_record(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    rows: list[tuple[str, ...]],
    cuts: list[tuple[int, bytes]],
) -> None:
    data = written(rows, quoting=csv.QUOTE_ALL)
    header, body = data.split(b"\n", 1)
    for place, piece in cuts:
        place %= len(body) + 1
        body = body[:place] + piece + body[place + 1 :]
    parsed = Header(("a", "b", "c"), b",", len(header) + 1, True)
    records = list(parse_records(header + b"\n" + body, parsed))
    kept = "".join("".join(record.fields or ()) + (record.raw or "") for record in records)
    text = body.decode(errors="replace")
    for character in set(text) - set('",\r\n'):
        assert kept.count(character) == text.count(character), repr(character)
    path = tmp_path / "file.csv"
    path.write_bytes(header + b"\n" + body)
    if not body.strip(b"\r\n"):
        return
    result = load_csv(con, path, "loaded")
    assert con.execute("select count(*) from loaded").fetchall() == [(result.records,)]
    # what DuckDB accepts may bend the rules a little (a space beside a quote)
    if result.is_damaged:
        bad = con.execute("select count(*) from loaded where _reason is not null").fetchall()
        assert bad == [(sum(record.reason is not None for record in records),)]
        assert result.records == len(records)


def test_a_quoted_line_break_stays_in_its_value_beside_a_broken_line(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'id,note\n1,"two\nlines"\n2,"open\n3,fine\n4,"a ""quoted"" word"\n')
    assert loaded(con, path) == [
        ("1", "two\nlines", None, None),
        (None, None, "unterminated quote", '2,"open'),
        ("3", "fine", None, None),
        ("4", 'a "quoted" word', None, None),
    ]


def test_a_sound_record_with_bad_bytes_is_one_bad_record_over_all_its_lines(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'id,note\n1,"text\n99,\xff not a record\n"\n2,ok\n')
    assert loaded(con, path) == [
        (None, None, "invalid UTF-8", '1,"text\n99,� not a record\n"'),
        ("2", "ok", None, None),
    ]


@pytest.mark.parametrize("rest", [b"", b'9,"open\n'])
def test_a_separator_after_the_last_field_is_no_field(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rest: bytes
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,note\n1,a,\n2,b\n" + rest)
    assert [row[:2] for row in loaded(con, path)][:2] == [("1", "a"), ("2", "b")]


@pytest.mark.parametrize("rest", [b"", b'9,"open\n'])
def test_spaces_around_a_quoted_field_are_no_part_of_it(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rest: bytes
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'id,note\n1, "a, b" \n"2" ,b\n' + rest)
    assert [row[:2] for row in loaded(con, path)][:2] == [("1", "a, b"), ("2", "b")]


def test_a_raw_line_is_cut_at_the_limit(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,note\n" + b"x" * 50_000 + b"\n1,ok\n")
    [bad, good] = loaded(con, path)
    assert bad[2:] == ("1 field instead of 2", "x" * PAYLOAD_LIMIT + "…")
    assert good[:2] == ("1", "ok")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, encoding: str, newline: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(newline.join(["id;name", "1;田中", "", "2;𠮷田 😀"]).encode(encoding))
    assert loaded(con, path) == [("1", "田中"), ("2", "𠮷田 😀")]


def test_half_a_character_at_the_end_of_utf_16_costs_one_record(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("id,name\n1,a\n2,b".encode("utf-16") + b"\x01")
    assert [row[2] for row in loaded(con, path)] == [None, "invalid UTF-8"]


def test_a_compressed_file_reads_like_a_plain_one(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(b'id,name\n1,"a,b"\n2,c\n'))
    assert loaded(con, path) == [("1", "a,b"), ("2", "c")]
    path.write_bytes(gzip.compress(b'id,name\n1,"a,b"\n2,"c\n'))
    assert [row[2] for row in loaded(con, path)] == [None, "unterminated quote"]
    path.write_bytes(gzip.compress(b"id,name\n1,a\n")[:-9])
    with pytest.raises(CsvError, match="cannot be read"):
        load_csv(con, path, "loaded")


def test_a_file_that_duckdb_counts_differently_is_read_with_care(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"id\n1\n\n2\n")
    con.execute(f"create or replace table loaded as from read_csv('{path}', header = true)")
    [(by_duckdb,)] = con.execute("select count(*) from loaded").fetchall()
    assert by_duckdb == 3
    assert loaded(con, path) == [("1",), ("2",)]


@quick
@given(
    rows=st.lists(st.tuples(any_text, any_text), min_size=1, max_size=6),
    newline=st.sampled_from(["\n", "\r\n"]),
    chunk=st.integers(1, 40),
    is_ended=st.booleans(),
)
def test_records_are_counted_whatever_the_size_of_a_chunk(
    tmp_path: Path, rows: list[tuple[str, ...]], newline: str, chunk: int, is_ended: bool
) -> None:
    data = written(rows, lineterminator=newline, quoting=csv.QUOTE_ALL)
    path = tmp_path / "file.csv"
    path.write_bytes(data if is_ended else data.removesuffix(newline.encode()))
    with pytest.MonkeyPatch.context() as patch, path.open("rb") as file:
        patch.setattr(csv_files, "_CHUNK", chunk)
        assert csv_files._survey(file).records == len(rows)


def test_a_value_of_several_megabytes_is_read_by_duckdb(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "_load_slow", None)
    path = tmp_path / "file.csv"
    path.write_bytes(b'id,note\n1,"' + b"x\n" * 2_500_000 + b'"\n2,ok\n')
    assert [(row[0], len(row[1])) for row in loaded(con, path)] == [("1", 5_000_000), ("2", 2)]


def test_row_order_is_that_of_the_file_whatever_the_session_prefers(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute("set preserve_insertion_order = false")
    path = tmp_path / "file.csv"
    path.write_bytes(b"id,n\n" + b"".join(b"%d,x\n" % each for each in range(300_000)))
    load_csv(con, path, "loaded")
    assert con.execute("select bool_and(c0 = rowid::varchar) from loaded").fetchall() == [(True,)]
    setting = con.execute("select current_setting('preserve_insertion_order')").fetchall()
    assert setting == [(False,)]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b"\xff\xfe"])
def test_a_file_with_nothing_in_it_has_no_columns_and_no_records(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    assert load_csv(con, path, "loaded") == csv_files.EMPTY


@pytest.mark.parametrize(
    ("header", "separator", "columns"),
    [
        (b"a,b;c,d", b",", ("a", "b;c", "d")),
        (b"a;b;c,d", b";", ("a", "b", "c,d")),
        (b"a\tb", b"\t", ("a", "b")),
        (b'"a;b",c', b",", ("a;b", "c")),
        (b"only", b",", ("only",)),
        (b"a,,b,", b",", ("a", "column_2", "b", "column_4")),
        (b' a , "b"', b",", ("a", "b")),
    ],
)
def test_the_separator_is_found_in_the_header(
    header: bytes, separator: bytes, columns: tuple[str, ...]
) -> None:
    found = read_header(header + b"\n1,2\n")
    assert (found.separator, found.columns) == (separator, columns)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (b"id,name,ID\n", "names a column twice: 'id' and 'ID'"),
        (b"id,id\n", "names a column twice: 'id'"),
        (b'id,"name\n1,a\n', "unterminated quote"),
        (b"\x89PNG\xff\n", "not UTF-8"),
        (b"PK\x03\x04\x00\x00\n", "zero bytes"),
    ],
)
def test_an_unusable_header_is_an_error(header: bytes, complaint: str) -> None:
    with pytest.raises(CsvError, match=complaint):
        read_header(header)
