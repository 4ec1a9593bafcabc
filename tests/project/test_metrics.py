"""`mf query` over the published file answers what SQL answers: live parties, one currency."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import PROJECT, Customer360

# nobody holds it any more
DEAD = "P0000000000000000Z"
DOCTORED = f"""
update fct_orders set gpid = null
where is_sale and order_key in (select order_key from fct_orders order by order_key limit 50);
insert into bridge_party_source by name
select * exclude (gpid, is_current), '{DEAD}' as gpid, false as is_current
from bridge_party_source limit 100;
insert into identity_health by name
select
    * exclude (run_id, built_at, records, parties),
    'later' as run_id, built_at + interval 1 hour as built_at, 1000 as records, 400 as parties
from identity_health
"""

Rows = list[dict[str, str]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def doctored(demo: Customer360, tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """The demo's publication with sales of nobody, former intervals, and a later build."""
    home = tmp_path_factory.mktemp("metrics") / "home"
    shutil.copytree(demo.home / "published", home / "published")
    with duckdb.connect(str(home / "published" / "customer360.duckdb")) as con:
        con.execute(DOCTORED)
    return Customer360(demo.landing, home, demo.scratch)


def _mf(project: Customer360, scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`mf` reads a manifest below the project's folder only: a folder with what it needs."""
    (scratch / "target").mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "dbt_project.yml", scratch)
    shutil.copy(project.scratch / "target" / "semantic_manifest.json", scratch / "target")
    return subprocess.run(
        [Path(sys.executable).parent / "mf", *arguments],
        cwd=scratch,
        env={
            **os.environ,
            "CUSTOMER360_HOME": str(project.home),
            "DBT_PROFILES_DIR": str(PROJECT / "metrics"),
            "DBT_PROJECT_DIR": str(scratch),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def ask(doctored: Customer360, tmp_path: Path) -> Ask:
    def query(metrics: str, *options: str) -> Rows:
        answer = tmp_path / "answer.csv"
        ended = _mf(
            doctored,
            tmp_path,
            *("query", "--metrics", metrics, *options),
            *("--csv", str(answer), "--quiet"),
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return list(csv.DictReader(answer.read_text("utf-8").splitlines()))

    return query


def _as_numbers(rows: Rows, key: str, *metrics: str) -> dict[str, list[float]]:
    return {row[key]: [float(row[metric] or 0) for metric in metrics] for row in rows}


def test_revenue_and_active_customers_are_those_of_the_facts(
    ask: Ask, doctored: Customer360
) -> None:
    metrics = ("revenue", "sales", "average_order_value", "active_customers")
    answered = ask(",".join(metrics), "--group-by", "order__currency_code")
    expected = doctored.query(
        "select currency_code, sum(total_amount), count(*), sum(total_amount) / count(*),"
        " count(distinct gpid) from fct_orders where is_sale group by 1"
    )
    assert {row[0] for row in expected} == {"JPY", "USD"}
    assert _as_numbers(answered, "order__currency_code", *metrics) == {
        row[0]: pytest.approx([float(value) for value in row[1:]]) for row in expected
    }
    ((of_nobody,),) = doctored.query(
        "select count(*) from fct_orders where is_sale and gpid is null"
    )
    assert of_nobody > 20


def test_currencies_are_never_added_up(doctored: Customer360, tmp_path: Path) -> None:
    ended = _mf(doctored, tmp_path, "query", "--metrics", "average_order_value")
    assert ended.returncode != 0
    assert "one currency only: --group-by order__currency_code" in ended.stdout + ended.stderr


def test_facts_are_grouped_by_what_their_party_is(ask: Ask, doctored: Customer360) -> None:
    answered = ask("active_customers,cases", "--group-by", "party__party_type")
    expected = doctored.query(
        "select party_type, sum(buyers), sum(cases) from ("
        " select party_type, count(distinct gpid) as buyers, 0 as cases from fct_orders"
        " left join dim_party using (gpid) where is_sale group by 1 union all"
        " select party_type, 0, count(*) from fct_cases"
        " left join dim_party using (gpid) group by 1) group by 1 order by 1"
    )
    assert _as_numbers(answered, "party__party_type", "active_customers", "cases") == {
        party_type or "": [float(buyers), float(cases)] for party_type, buyers, cases in expected
    }


def test_churn_and_cases_are_those_of_who_was_a_customer(
    ask: Ask, doctored: Customer360, demo: Customer360
) -> None:
    answered = ask(
        "customers_at_start,lost_customers,churn_rate,cases_per_customer",
        *("--group-by", "metric_time__month", "--order", "metric_time__month"),
    )
    # by the definition, without the stretches that the model goes by. The months were made before
    # the facts were doctored, so from the orders of the parties as they were
    ((reached,),) = demo.warehouse("select as_of from conformed.int_as_of")
    expected = doctored.query(
        f"""
        with
        months as (select distinct month_start::timestamp as m from customer_months),
        sales as (
            select m.gpid, o.ordered_at
            from fct_orders as o
            join bridge_party_source as m on o.record_key = m.record_key and m.is_current
            where o.is_sale
        ),
        lasting as (select *, ordered_at + interval 365 day as until from sales),
        lost as (
            select distinct gpid, until
            from lasting
            where until <= timestamp '{reached}' and not exists (
                select 1 from sales as later
                where later.gpid = lasting.gpid
                and later.ordered_at > lasting.ordered_at and later.ordered_at <= lasting.until
            )
        ),
        were as (
            select distinct months.m, lasting.gpid
            from months join lasting on lasting.ordered_at < months.m + interval 1 month
            and lasting.until >= months.m
        )
        select
            strftime(m, '%Y-%m-%dT%H:%M:%S'),
            (select count(distinct gpid) from lasting where ordered_at < m and until >= m),
            (select count(*) from lost where until >= m and until < m + interval 1 month),
            (select count(*) from fct_cases where date_trunc('month', opened_at) = m
                and gpid in (select gpid from were where were.m = months.m))
            / (select count(*) from were where were.m = months.m)
        from months order by m
        """
    )
    assert len(expected) > 20
    assert sum(row[2] for row in expected) > 100
    assert [
        (
            row["metric_time__month"].replace(" ", "T"),
            int(row["customers_at_start"]),
            int(row["lost_customers"]),
        )
        for row in answered
    ] == [row[:3] for row in expected]
    for row, (_, at_start, lost, cases_per_customer) in zip(answered, expected, strict=True):
        assert float(row["cases_per_customer"]) == pytest.approx(cases_per_customer)
        assert float(row["churn_rate"] or 0) == pytest.approx(lost / at_start if at_start else 0)


def test_dead_gpids_are_counted_nowhere(ask: Ask, doctored: Customer360) -> None:
    answered = ask("merge_rate,records", "--group-by", "party_record__source_system")
    expected = doctored.query(
        "select source_system, 1 - count(distinct gpid) / count(*), count(*)"
        " from bridge_party_source where is_current group by 1"
    )
    assert len(expected) == 9
    assert _as_numbers(answered, "party_record__source_system", "merge_rate", "records") == {
        row[0]: pytest.approx([float(value) for value in row[1:]]) for row in expected
    }
    ((dead,),) = doctored.query(f"select count(*) from bridge_party_source where gpid = '{DEAD}'")
    assert dead == 100
    (whole,) = ask("merge_rate,parties")
    ((rate, parties),) = doctored.query(
        "select 1 - count(*) / sum(source_record_count), count(*) from dim_party"
    )
    assert float(whole["merge_rate"]) == pytest.approx(rate)
    assert int(whole["parties"]) == parties


def test_of_several_builds_the_last_one_counts(ask: Ask) -> None:
    (row,) = ask("merge_rate_by_build")
    assert float(row["merge_rate_by_build"]) == pytest.approx(0.6)


def test_without_a_publication_mf_says_what_to_do(doctored: Customer360, tmp_path: Path) -> None:
    empty = Customer360(doctored.landing, tmp_path / "home", doctored.scratch)
    ended = _mf(empty, tmp_path, "query", "--metrics", "parties")
    assert ended.returncode != 0
    assert "run `make build` first" in ended.stdout + ended.stderr


def test_every_metric_can_be_asked_of_the_published_file(
    doctored: Customer360, tmp_path: Path
) -> None:
    ended = _mf(doctored, tmp_path, "validate-configs", "--show-all")
    told = ended.stdout + ended.stderr
    assert ended.returncode == 0, told
    # models, dimensions, entities, measures and metrics, each after the manifest itself
    assert told.count("ERRORS: 0, FUTURE_ERRORS: 0") >= 6, told
    assert not re.search(r"ERRORS: [1-9]", told), told
