"""The open file has what its tables have, and nothing else that the process ever held."""

import multiprocessing
from pathlib import Path

import duckdb
import pytest

from customer360.published_files import (
    CleanFileError,
    clean_database,
    new_file,
    write_database,
)

SECRET = "SECRET-"
TYPES = """
    select
        'P' || i as gpid, i::hugeint * 170141183460469231731687303715 as large,
        (i % 256)::utinyint as tiny,
        {'a': [i, null], 'b': {'c': i::varchar}} as nested, map {'k': i} as mapped,
        timestamp '2026-01-01' + to_seconds(i) as at, null as nothing, i / 3 as ratio,
        (i / 3)::decimal(18, 6) as exact, date '2026-01-01' + i::integer as day,
        ('0x' || i)::varchar as text, case when i % 2 = 0 then 'a' else 'b' end::enum('a', 'b') as e
    from range(3000) as t(i)
"""


def secrets_left(folder: Path) -> dict[str, int]:
    """Write both kinds of file after much was held in memory; returns what their bytes have."""
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("set force_compression = 'uncompressed'")
        con.execute(
            f"create table held as select '{SECRET}' || md5(i::varchar) || i as v"
            " from range(300000) as t(i)"
        )
        con.execute("create table sorted as select v, v || v as w from held order by v")
        con.execute("drop table held")
        con.execute("drop table sorted")
        query = "select md5(i::varchar) as name, i % 7 || '' as c from range(300000) as t(i)"
        counts = {}
        write_database(con, folder / "plain", {"many": query}, [])
        with clean_database(con, folder / "clean", {"many": query}, []):
            pass
        for name in ("plain", "clean"):
            counts[name] = new_file(folder / name).read_bytes().count(SECRET.encode())
        return counts


def test_memory_that_blocks_had_before_is_not_in_a_clean_file(tmp_path: Path) -> None:
    # in a process whose memory is like that each time
    with multiprocessing.get_context("spawn").Pool(1) as process:
        counts = process.apply(secrets_left, [tmp_path])
    # that it is in the other file shows that this test could fail
    assert counts["plain"] > 0
    assert counts["clean"] == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_a_clean_file_has_the_same_rows_and_types(tmp_path: Path) -> None:
    con = duckdb.connect()
    closing = [("create table said as select ?::varchar as word, ?::bigint as n", ["そう", 1])]
    tables = {"numbered": TYPES, "none": "select 1 as a limit 0"}
    with clean_database(con, tmp_path / "clean.duckdb", tables, closing) as counts:
        assert counts == write_database(con, tmp_path / "plain.duckdb", tables, closing)
    assert counts == {"numbered": 3000, "none": 0}
    for name in ("plain", "clean"):
        con.execute(f"attach '{new_file(tmp_path / f'{name}.duckdb')}' as {name} (read_only)")
    for table in ("numbered", "none", "said"):
        plain, clean = con.table(f"plain.{table}"), con.table(f"clean.{table}")
        assert plain.columns == clean.columns
        assert plain.types == clean.types
        assert plain.fetchall() == clean.fetchall()


def test_an_error_of_the_other_process_is_told(tmp_path: Path) -> None:
    with (
        duckdb.connect() as con,
        pytest.raises(CleanFileError, match=r"made\.duckdb could not be written: .*nobody"),
        clean_database(con, tmp_path / "made.duckdb", {}, [("select * from nobody", [])]),
    ):
        pass


def test_what_fails_meanwhile_ends_the_other_process(tmp_path: Path) -> None:
    with (
        duckdb.connect() as con,
        pytest.raises(KeyError),
        clean_database(con, tmp_path / "made.duckdb", {"a": "from range(10)"}, []),
    ):
        raise KeyError
    # nothing of it is left to be published
    assert not list(tmp_path.glob("*.parts"))
