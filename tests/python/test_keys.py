"""GPIDs as texts: how they are minted, and that Python, SQL and the published function agree."""

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.keys import IdKey, check_character, is_valid_gpid
from customer360.published_functions import IS_VALID_GPID
from tests.project.builds import PROJECT

KEY = IdKey(b"a key for tests, thirty-two bytes")
MINTED = st.builds(KEY.mint, st.text(), st.integers(0, 3))
CHARACTERS = st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    gpid = draw(MINTED)
    place = draw(st.integers(0, len(gpid) - 1))
    return gpid[:place] + draw(CHARACTERS) + gpid[place + 1 :]


@st.composite
def checked(draw: st.DrawFn) -> str:
    """Texts of 18 characters whose check character is right, of letters that a GPID never has."""
    body = draw(st.text(CHARACTERS, min_size=17, max_size=17))
    return body + check_character(body)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(IS_VALID_GPID)
    macro = (PROJECT / "macros" / "is_valid_gpid.sql").read_text("utf-8")
    model = jinja2.Environment().from_string(macro + "{{ is_valid_gpid('gpid') }}").render()
    con.execute(f"create macro in_a_model(gpid) as {model}")
    return con


def test_the_check_character_is_that_of_the_standards_example() -> None:
    assert check_character("A12425GABC1234002") == "M"


def test_a_gpid_is_always_the_same_for_one_key_anchor_and_number() -> None:
    assert KEY.mint("crm/main/contact/1", 0) == "PNVT59Y3ACF2RE9EKA"
    assert KEY.mint_all(["crm/main/contact/1", "b"], [0, 1]) == [
        "PNVT59Y3ACF2RE9EKA",
        KEY.mint("b", 1),
    ]
    assert KEY.mint_all([], []) == []


@given(MINTED)
def test_what_is_minted_is_valid(gpid: str) -> None:
    assert is_valid_gpid(gpid)


@given(MINTED, st.integers(0, 17), CHARACTERS)
def test_one_wrong_character_is_always_noticed(gpid: str, place: int, other: str) -> None:
    mistyped = gpid[:place] + other + gpid[place + 1 :]
    assert is_valid_gpid(mistyped) == (mistyped == gpid)


@settings(max_examples=500, deadline=None)
@given(st.one_of(MINTED, damaged(), checked(), st.text(max_size=20), MINTED.map(str.lower)))
def test_sql_and_python_agree(con: duckdb.DuckDBPyConnection, text: str) -> None:
    text = text.replace("\0", "")  # no text of a database
    rows = con.execute("select is_valid_gpid($text), in_a_model($text)", {"text": text}).fetchall()
    assert rows == [(is_valid_gpid(text),) * 2]


def test_null_is_neither_valid_nor_invalid(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select is_valid_gpid(null), in_a_model(null)").fetchall() == [(None, None)]


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=100), st.none() | st.text())
def test_a_token_is_the_same_in_python_and_in_sql(secret: bytes, value: str | None) -> None:
    key = IdKey(secret)
    con = duckdb.connect()
    key.register_tokens(con)
    ((token,),) = con.execute("select privacy_token($value)", {"value": value}).fetchall()
    assert token == (None if value is None else key.token(value))
