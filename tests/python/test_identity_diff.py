"""What counts as a merge, a split and a move, what moves with them, and what a budget allows."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from customer360.identity_diff import Budget, compare_holders, compare_labels, compare_links

# two parties become one, one becomes two, one record changes sides; 8 is gone, 9 is new
BEFORE = {1: "PA", 2: "PB", 3: "PC", 4: "PC", 5: "PD", 6: "PE", 7: "PE", 8: "PF", 10: "PD"}
AFTER = {1: "PA", 2: "PA", 3: "PC", 4: "PN", 5: "PD", 6: "PE", 7: "PD", 9: "PM", 10: "PD"}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for side, holders in (("before", BEFORE), ("after", AFTER)):
            connection.execute(
                f"create temp table holders_{side} (record_key text, gpid text, party_type text)"
            )
            connection.executemany(
                f"insert into holders_{side} values (?, ?, 'person')",
                [[f"r{n:02}", gpid] for n, gpid in holders.items()],
            )
        connection.execute(
            """
            attach ':memory:' as warehouse;
            create schema warehouse.conformed;
            create schema warehouse.identity;
            create table warehouse.conformed.int_orders (record_key text, currency_code text,
                total_amount decimal(18, 2), is_sale bool);
            insert into warehouse.conformed.int_orders values ('r01', 'JPY', 1000, true),
                ('r02', 'JPY', 500, true), ('r02', 'JPY', 70, false), ('r07', 'USD', 9.5, true);
            """
        )
        yield connection


def test_parties_that_end_are_merged_that_start_are_split_and_others_exchange_records(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    summary = compare_holders(con, home=tmp_path)
    assert con.execute("from identity_diff order by change").fetchall() == [
        ("merge", "PB", "PA", "person", 1, "r02"),
        ("move", "PD", "PE", "person", 1, "r07"),
        ("split", "PN", "PC", "person", 1, "r04"),
    ]
    assert summary == {
        "records_before": 9,
        "records_after": 9,
        "records_in_both": 8,
        "moved_records": 3,
        "parties_before": 6,
        "parties_after": 6,
        "merges": 1,
        "splits": 1,
        "moves": 1,
        "churn": 3 / 8,
    }


def test_the_same_holders_are_no_change(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("create or replace temp table holders_after as from holders_before")
    summary = compare_holders(con, home=tmp_path)
    assert summary["churn"] == summary["merges"] == summary["splits"] == 0
    assert con.execute("from identity_diff").fetchall() == []


def test_revenue_moves_with_its_record_in_its_own_currency(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    compare_holders(con, home=tmp_path)
    rows = con.execute(
        "select currency_code, orders, amount::double, moved_orders, moved_amount::double"
        " from identity_diff_revenue"
    )
    assert rows.fetchall() == [("JPY", 2, 1500, 1, 500), ("USD", 1, 9.5, 1, 9.5)]


def test_members_of_an_audience_are_affected_when_their_records_come_together_or_apart(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "published").mkdir()
    with duckdb.connect(str(tmp_path / "published" / "customer360.duckdb")) as published:
        published.execute("create table audience_a as select unnest(['PA', 'PF', 'PE']) as gpid")
        published.execute("create table audience_without_members as select 1 as x")
        published.execute("create table other as select 'PA' as gpid")
    compare_holders(con, home=tmp_path)
    assert con.execute("from identity_diff_audiences").fetchall() == [("audience_a", 3, 2)]


def test_links_are_gained_and_lost_and_labels_say_whether_that_is_right(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute(
        """
        create temp table links_before (party_type text, record_key_a text, record_key_b text,
            match_weight double);
        create temp table links_after as from links_before;
        insert into links_before values ('person', 'r03', 'r04', 5), ('person', 'r06', 'r07', 9);
        insert into links_after values ('person', 'r01', 'r02', 7), ('person', 'r06', 'r07', 3);
        -- 8 is gone and 9 is new: no link between records of both states is another
        insert into links_before values ('person', 'r07', 'r08', 5);
        insert into links_after values ('person', 'r07', 'r09', 5);
        create table warehouse.identity.identity_decisions as select * from (values
            ('r01', 'r02', 'same', 'in force'),
            ('r03', 'r04', 'same', 'in force'),
            ('r06', 'r07', 'different', 'in force'),
            ('r01', 'r09', 'same', 'superseded')
        ) as decisions (record_key_a, record_key_b, decision, status);
        create table warehouse.conformed.int_known_parties as select * from (values
            ('r01', 'a'), ('r02', 'a'), ('r06', 'e'), ('r07', 'e'), ('r08', 'gone')
        ) as known (record_key, known_party);
        """
    )
    compare_links(con)
    compare_labels(con)
    assert con.execute("from identity_diff_links order by change").fetchall() == [
        ("gained", "person", "r01", "r02", 7),
        ("lost", "person", "r03", "r04", 5),
    ]
    assert con.execute("from identity_diff_labels").fetchall() == [
        ("decisions that the score agrees with", 3, pytest.approx(1 / 3), pytest.approx(1 / 3)),
        ("precision on known parties", 4, 1, 1),
        ("recall on known parties", 4, 0.5, 0.5),
    ]


def test_a_budget_says_what_is_over_it_and_nothing_else() -> None:
    summary = {"churn": 0.02, "merges": 3.0, "splits": 0.0, "moved_records": 12.0}
    assert Budget().exceeded(summary) == []
    assert Budget(0.02, 3, 0, 12).exceeded(summary) == []
    assert Budget(0.01, 2, 0, 11).exceeded(summary) == [
        "churn is 0.02, above 0.01",
        "merges is 3, above 2",
        "moved_records is 12, above 11",
    ]
