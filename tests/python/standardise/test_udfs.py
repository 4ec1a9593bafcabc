"""The DuckDB functions are the library's functions, row by row."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

import customer360.lexica
from customer360.standardise import udfs
from customer360.standardise.emails import parse_email
from customer360.standardise.names import parse_person_name


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        udfs.register(connection, today=date(2026, 11, 22))
        yield connection


def test_every_function_answers_a_plain_value(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute(
        """
        select
            person_name('田中太郎', null, null, null).family_keys,
            email('T.Tanaka@Example.com').address,
            phone('03-1234-5678', 'JP'),
            address('東京都渋谷区神南1-19-11', null, null, '150-0041', null).number,
            birth_date('S59.2.29'),
            organization_name('㈱アクメ').legal_form,
            country('Deutschland')
        """
    ).fetchall()
    assert row == [
        (
            ["tanaka"],
            "t.tanaka@example.com",
            "+81312345678",
            "1-19-11",
            date(1984, 2, 29),
            "KK",
            "DE",
        )
    ]


def test_null_gives_null_and_empty_lists(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute(
        """
        select
            person_name(null, null, null, null), email(null), phone(null, null),
            address(null, null, null, null, null), birth_date(null), organization_name(null),
            country(null)
        """
    ).fetchall()[0]
    assert row[0] == {
        "family": None,
        "given": None,
        "family_script": None,
        "given_script": None,
        "family_keys": [],
        "given_keys": [],
        "given_nickname_keys": [],
        "is_order_known": False,
    }
    assert row[1:] == (None,) * 6


def test_rows_keep_their_place_across_chunks(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        """
        with
        numbered as (
            select
                i,
                case i % 4 when 0 then '田中太郎' when 1 then 'Bob Smith' when 2 then null
                else 'x' || i end as full_name,
                case when i % 3 > 0 then 'user' || i || '.tanaka@example.com' end as address
            from range(5000) as numbers (i)
        )
        select full_name, address, person_name(full_name, null, null, null), email(address)
        from numbered
        """
    ).fetchall()
    for full_name, address, name, email in rows:
        expected = parse_person_name(full_name)
        assert tuple(name.values())[:4] == expected[:4]
        assert tuple(map(tuple, tuple(name.values())[4:7])) == expected[4:7]
        found = parse_email(address)
        assert (email is None) == (found is None)
        if found is not None:
            assert email["address"] == found.address
            assert tuple(email["family_keys"]) == found.family_keys


def test_the_lexica_stay_small() -> None:
    folder = Path(customer360.lexica.__path__[0])
    files = [*folder.glob("*.csv"), *folder.glob("*.parquet")]
    assert len(files) > 10
    assert sum(file.stat().st_size for file in files) < 3_000_000


def test_importing_loads_no_lexicon() -> None:
    program = (
        "from customer360.standardise import lexicon, udfs;"
        "assert lexicon._columns.cache_info().currsize == 0;"
        "assert lexicon.western_names.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_text_of_thousands_of_words_is_known_by_its_beginning(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """What is made of a megabyte is small, or comparing two of them would take hours."""
    text = " ".join(f"word{n}" for n in range(100_000))
    [made] = con.execute(
        "select organization_name(t)::varchar, person_name(t, t, t, t)::varchar,"
        " address(t, t, t, t, t)::varchar from (select $text as t)",
        {"text": text},
    ).fetchall()
    assert [len(each) < 60_000 for each in made] == [True] * 3, [len(each) for each in made]
