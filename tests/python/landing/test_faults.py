"""Files as they come when something went wrong before: nothing crashes, and no row gets lost."""

import gzip
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customer360.landing import LandingError, csv_files

# what a line may be made of, and what some parser takes for a separator, a quote or a line's end
PIECES = [*",;\t\"'\\ \r\0\x1a\x85\u2028\ufeffé田1", '""', '","', "NULL"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "shift_jis", "latin-1"]
lines = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PIECES), max_size=6),
        st.lists(st.sampled_from(PIECES), max_size=6),
    ),
    min_size=1,
    max_size=10,
)


@pytest.fixture
def notes(shop: Any) -> Any:
    """A system with one object that has three columns of text."""
    shop.declare(
        "notes",
        {"note": {"Id": "varchar", "Title": "varchar", "Text": "varchar"}},
        note={"key": ["Id"]},
    )
    return shop


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=lines,
    separator=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\n\n"]),
    encoding=st.sampled_from(ENCODINGS),
    is_ended=st.booleans(),
    is_compressed=st.booleans(),
)
# of a quoted text over two lines, a blank one between them, beside a broken line
@example([(['1,a,"'], []), ([], ['"']), (['"'], [])], ",", "\n\n", "utf-8", True, False)
def test_no_line_of_a_malformed_file_is_lost_or_counted_twice(
    notes: Any,
    lines: list[tuple[list[str], list[str]]],
    separator: str,
    line_end: str,
    encoding: str,
    is_ended: bool,
    is_compressed: bool,
) -> None:
    # each line has a mark by which it is found again, whatever became of it
    written = [f"{''.join(a)}<{n}>{''.join(b)}" for n, (a, b) in enumerate(lines)]
    text = line_end.join([separator.join(["Id", "Title", "Text"]), *written]) + line_end * is_ended
    data = text.encode(encoding, errors="replace")
    for former in (notes.landing / "notes").iterdir():
        former.unlink()
    name = "notes/note.csv"
    notes.deliver(name + ".gz" * is_compressed, gzip.compress(data) if is_compressed else data)
    notes.prepare()

    landed, accepted, quarantined, superseded = notes.counts()
    assert landed == accepted + quarantined + superseded
    assert notes.rows("select count(*) from landing.quarantined_rows") == [(quarantined,)]
    kept = notes.rows(
        "select coalesce(case when _reason is null then concat_ws(' ', Id, Title, Text)"
        " else _payload end, '') from landing.notes__note"
    )
    found = re.findall(r"<\d+>", "\n".join(row for (row,) in kept))
    assert sorted(found) == sorted(f"<{n}>" for n in range(len(written)))
    if '"' not in "".join(written) and "\r" not in "".join(written):
        assert landed == len(written)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("Id,Text\n1,a\n".encode("utf-16-le"), "zero bytes|not UTF-8"),
        ("Id,件名\n1,a\n".encode("shift_jis"), "not UTF-8"),
        (b"PK\x03\x04\xff\xff\x00\x00 a workbook", "not UTF-8|zero bytes"),
        (b'"Id,Text\n1,a\n', "its header is broken: unterminated quote"),
    ],
    ids=["UTF-16 without its mark", "Shift_JIS header", "workbook", "quote left open"],
)
def test_a_file_whose_header_cannot_be_read_is_an_error_that_says_why(
    notes: Any, data: bytes, said: str
) -> None:
    notes.deliver("notes/note.csv", data)
    [problem] = notes.problems()
    assert problem.startswith("notes/main/note: notes/note.csv: ")
    assert re.search(said, problem)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_compressed_file_that_was_cut_is_an_error_and_no_smaller_delivery(
    notes: Any, share: float
) -> None:
    whole = gzip.compress(b"Id,Text\n" + b"".join(b"%d,text\n" % n for n in range(10_000)))
    notes.deliver("notes/note.csv.gz", whole[: int(len(whole) * share)])
    [problem] = notes.problems()
    assert "notes/note.csv.gz: it cannot be read" in problem


def test_the_same_file_under_two_names_is_one_delivery_of_each_record(notes: Any) -> None:
    for name in ("notes/note.csv", "notes/note_2.csv", "notes/note_3.csv"):
        notes.deliver(name, "Id,Text\n1,a\n2,b\n")
    notes.prepare()
    assert notes.counts() == (6, 2, 0, 4)


@given(
    order=st.permutations(["1,x,2024-01-01", "1,y,2024-01-02", "1,z,2024-01-02", "2,x,", "2,w,"])
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_duplicates_of_a_key_the_same_one_counts_in_whatever_order_they_come(
    crm: Any, order: list[str]
) -> None:
    """The latest by its moment, of equal moments the one whose content has the highest hash."""
    crm.deliver("crm/contact.csv", "\n".join(["Id,Name,Changed", *order, *order]))
    crm.prepare()
    assert crm.counts() == (10, 2, 0, 8)
    chosen = dict(crm.rows("select Id, Name from landing.crm__contact where _status = 'accepted'"))
    contents = "select unnest([('1', 'y', '2024-01-02'), ('1', 'z', '2024-01-02')])"
    [(expected,)] = crm.rows(
        "select max_by(name, hash(changed, id, name))"
        f" from (select unnest(row) from ({contents}) as t(row)) as t(id, name, changed)"
    )
    assert chosen["1"] == expected


def test_a_link_is_followed_and_one_that_leads_nowhere_is_no_file(notes: Any) -> None:
    elsewhere = notes.root / "elsewhere.csv"
    elsewhere.write_text("Id,Text\n1,a\n", "utf-8")
    file = notes.landing / "notes" / "note.csv"
    file.symlink_to(elsewhere)
    notes.prepare()
    assert notes.counts() == (1, 1, 0, 0)
    elsewhere.unlink()
    [problem] = notes.problems()
    assert "notes/main/note: there is no file" in problem


def test_a_folder_that_leads_back_to_itself_is_read_once(notes: Any) -> None:
    notes.deliver("notes/note/part.csv", "Id,Text\n1,a\n")
    (notes.landing / "notes" / "note" / "again").symlink_to(notes.landing / "notes" / "note")
    notes.prepare()
    assert notes.counts() == (1, 1, 0, 0)


def test_a_file_name_that_is_no_text_is_an_error_that_shows_it(notes: Any) -> None:
    notes.deliver("notes/note/part.csv", "Id,Text\n1,a\n")
    folder = os.fsencode(notes.landing / "notes" / "note")
    Path(os.fsdecode(folder + b"/caf\xe9.csv")).write_bytes(b"Id,Text\n2,b\n")
    with pytest.raises(LandingError, match=r"caf\\xe9\.csv.*rename"):
        notes.prepare()


def test_a_reader_that_loses_a_record_shows_in_the_counts(
    notes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landed is counted from the lines of the file, so the gate `landed_rows_add_up` closes."""
    parse = csv_files.parse_records
    monkeypatch.setattr(csv_files, "parse_records", lambda *arguments: list(parse(*arguments))[:-1])
    notes.deliver("notes/note.csv", 'Id,Text\n1,"open\n2,"two\n\nlines"\n3,lost\n')
    notes.prepare()
    assert notes.counts() == (3, 1, 1, 0)
