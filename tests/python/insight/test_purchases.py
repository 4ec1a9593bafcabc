"""The scores of purchases over a table."""

import duckdb
import numpy as np
import pytest

from customer360.insight import purchases
from customer360.insight.purchases import score_purchases

COLUMNS = "period, gpid, currency_code, probability_alive, expected_purchases_26_weeks"


def history(con: duckdb.DuckDBPyConnection, customers: int, *, currency: str = "USD") -> None:
    """Customers who buy at rates of their own; every third has stopped long ago."""
    dice = np.random.default_rng(7)
    con.execute(
        "create table if not exists history (period varchar, gpid varchar, currency_code varchar,"
        " repeat_purchases bigint, weeks_to_last_purchase double, weeks_observed double,"
        " mean_repeat_amount double)"
    )
    for number in range(customers):
        repeats = int(dice.poisson(3))
        last = (10.0 if number % 3 == 0 else 90.0) * (repeats > 0)
        mean = float(dice.gamma(5, 10)) if repeats else None
        con.execute(
            "insert into history values ('whole', ?, ?, ?, ?, 100, ?)",
            [f"P{number:05}", currency, repeats, last, mean],
        )


def test_every_customer_has_one_row_whatever_the_order() -> None:
    con = duckdb.connect()
    history(con, 300)
    first = score_purchases(con, history="history").fetchall()
    con.execute("create table shuffled as from history order by md5(gpid || 'x')")
    assert score_purchases(con, history="shuffled").fetchall() == first
    assert len({row[1] for row in first}) == 300
    assert all(value is not None for row in first for value in row)


def test_who_has_stopped_is_told_from_who_goes_on() -> None:
    con = duckdb.connect()
    history(con, 300)
    score_purchases(con, history="history").create("scores")
    ((gone, here),) = con.execute(
        "select avg(probability_alive) filter (weeks_to_last_purchase < 50),"
        " avg(probability_alive) filter (weeks_to_last_purchase > 50)"
        " from scores inner join history using (gpid) where repeat_purchases > 1"
    ).fetchall()
    assert gone < 0.5 < here


def test_a_currency_with_few_customers_has_no_scores_and_harms_no_other() -> None:
    con = duckdb.connect()
    history(con, 300)
    alone = score_purchases(con, history="history").fetchall()
    history(con, 5, currency="EUR")
    both = score_purchases(con, history="history").fetchall()
    assert [row for row in both if row[2] == "USD"] == alone
    euros = [row[3:] for row in both if row[2] == "EUR"]
    assert len(euros) == 5
    assert {value for row in euros for value in row} == {None}


def test_nobody_has_bought_anything() -> None:
    con = duckdb.connect()
    history(con, 0)
    assert score_purchases(con, history="history").fetchall() == []


def test_amounts_that_say_nothing_leave_the_purchases_their_scores() -> None:
    con = duckdb.connect()
    history(con, 300)
    con.execute("update history set mean_repeat_amount = null")
    scores = score_purchases(con, history="history").project(
        "probability_alive, expected_purchase_amount, spend_q"
    )
    rows = scores.fetchall()
    assert all(alive is not None for alive, _, _ in rows)
    assert {(amount, q) for _, amount, q in rows} == {(None, None)}


def test_a_sample_fits_about_as_well_as_all(monkeypatch: pytest.MonkeyPatch) -> None:
    con = duckdb.connect()
    history(con, 2_000)
    of_all = score_purchases(con, history="history").project(COLUMNS).fetchall()
    monkeypatch.setattr(purchases, "_LARGEST_SAMPLE", 1_000)
    of_sample = score_purchases(con, history="history").project(COLUMNS).fetchall()
    assert len(of_sample) == len(of_all)
    total_of_all, total_of_sample = (sum(row[4] for row in rows) for rows in (of_all, of_sample))
    assert total_of_all != total_of_sample
    assert total_of_sample == pytest.approx(total_of_all, rel=0.1)
