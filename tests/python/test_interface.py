"""What readers were promised is kept, added to, or announced as broken."""

from dataclasses import replace

import duckdb
import pytest

from customer360.interface import (
    Announcement,
    Change,
    File,
    InterfaceError,
    Kind,
    Promise,
    accept,
    as_csv,
    compare,
    found,
    read_announcements,
    read_snapshot,
)

GPID = Promise("dim_party", "gpid", "VARCHAR", nullable=False, file=File.BOTH)
EMAIL = Promise("dim_party", "email", "VARCHAR", nullable=True, file=File.RESTRICTED)
AMOUNT = Promise("fct_orders", "total_amount", "DECIMAL(18,2)", nullable=True, file=File.BOTH)
RESOLVED = Promise("resolve(system, key)", "gpid", "VARCHAR", nullable=True, file=File.BOTH)
PROMISED = [GPID, EMAIL, AMOUNT, RESOLVED]
AS_DOUBLE = replace(AMOUNT, data_type="DOUBLE")


def test_what_is_as_it_was_is_no_change() -> None:
    assert compare(PROMISED, reversed(PROMISED)) == []


def test_what_is_new_is_an_addition() -> None:
    site = replace(AMOUNT, column="site", data_type="VARCHAR")
    changes = compare(PROMISED, [*PROMISED, site, replace(GPID, name="dim_household")])
    assert [(str(change), change.is_breaking) for change in changes] == [
        ("fct_orders.site is new (VARCHAR)", False),
        ("dim_household.gpid is new (VARCHAR)", False),
    ]


@pytest.mark.parametrize(
    ("present", "change"),
    [
        ([GPID, AMOUNT, RESOLVED], Change("dim_party", "email", Kind.REMOVED)),
        ([GPID, EMAIL, RESOLVED], Change("fct_orders", "*", Kind.REMOVED)),
        (
            [GPID, EMAIL, AS_DOUBLE, RESOLVED],
            Change("fct_orders", "total_amount", Kind.TYPE, "DECIMAL(18,2)", "DOUBLE"),
        ),
        (
            [replace(GPID, nullable=True), EMAIL, AMOUNT, RESOLVED],
            Change("dim_party", "gpid", Kind.NULLABLE),
        ),
        (
            [GPID, EMAIL, replace(AMOUNT, file=File.RESTRICTED), RESOLVED],
            Change("fct_orders", "total_amount", Kind.RESTRICTED),
        ),
    ],
)
def test_what_breaks_a_query_has_to_be_announced(present: list[Promise], change: Change) -> None:
    assert compare(PROMISED, present) == [change]
    with pytest.raises(InterfaceError) as refused:
        accept(PROMISED, present, [], today="2026-12-01")
    line = f"2026-12-01,{change.name},{change.column},{change.kind}"
    assert line in str(refused.value)
    # the line of the message, completed, is what was asked for
    announced = str(refused.value).splitlines()[-1].replace("…", "another column")
    header = "since,name,column,change,was,now,instead\n"
    lines = read_announcements(header + announced)
    assert lines == [Announcement("2026-12-01", change, "another column")]
    assert accept(PROMISED, present, lines, today="2026-12-01") == [change]


def test_a_function_whose_parameters_change_is_another_one() -> None:
    renamed = replace(RESOLVED, name="resolve(kind, value)")
    changes = compare(PROMISED, [GPID, EMAIL, AMOUNT, renamed])
    assert [change.kind for change in changes] == [Kind.REMOVED, Kind.ADDED]


def test_an_announcement_says_what_to_use_instead() -> None:
    header = "since,name,column,change,was,now,instead\n"
    with pytest.raises(InterfaceError, match="what to use"):
        read_announcements(header + "2026-12-01,fct_orders,*,removed,,,\n")
    with pytest.raises(InterfaceError, match="one of"):
        read_announcements(header + "2026-12-01,fct_orders,*,vanished,,,fct_sales\n")


def test_a_snapshot_is_read_as_it_was_written() -> None:
    nested = replace(AMOUNT, column="evidence", data_type='STRUCT("level" VARCHAR, b DOUBLE)[]')
    promises = [GPID, EMAIL, AMOUNT, nested, RESOLVED]
    assert read_snapshot(as_csv(promises)) == promises


def test_tables_and_functions_are_found_with_their_types() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create table dim_party (gpid varchar, amount decimal(18,2));"
            "create macro resolve(key) as table from dim_party where gpid = key;"
            "create macro is_valid(gpid) as length(gpid) = 18"
        )
        assert found(con) == {
            ("dim_party", "gpid"): "VARCHAR",
            ("dim_party", "amount"): "DECIMAL(18,2)",
            ("is_valid(gpid)", ""): "function",
            ("resolve(key)", "gpid"): "VARCHAR",
            ("resolve(key)", "amount"): "DECIMAL(18,2)",
        }
