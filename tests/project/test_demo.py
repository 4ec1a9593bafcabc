"""The demo as its users see it: the known cases, the accuracy, and what is published."""

import csv
from typing import Any

import duckdb
import pytest
import yaml

from customer360.evaluation import compare_partitions
from customer360.keys import is_valid_gpid
from tests.project.builds import DEMO, Customer360

TRUTH = DEMO.parent / "demo_truth"
KNOWN_CASES = yaml.safe_load((TRUTH / "known_cases.yml").read_text("utf-8"))


def truth(party_type: str | None = None) -> dict[str, str]:
    with (TRUTH / "parties.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["record_key"]: row["party_id"]
            for row in csv.DictReader(file)
            if party_type in (None, row["party_type"])
        }


def test_every_record_of_the_truth_has_one_party_and_nothing_else_has(demo: Customer360) -> None:
    assert set(demo.holders()) == set(truth())


@pytest.mark.parametrize("case", KNOWN_CASES["cases"], ids=lambda case: case["name"])
def test_a_known_case_is_one_party_or_as_many_as_it_should_be(
    demo: Customer360, case: dict[str, Any]
) -> None:
    holders = demo.holders()
    parties = [{holders[key] for key in party["record_keys"]} for party in case["parties"]]
    assert [len(gpids) for gpids in parties] == [1] * len(parties), case["description"]
    assert len(set().union(*parties)) == len(parties), case["description"]


@pytest.mark.parametrize(
    ("party_type", "precision", "recall"),
    [("person", 0.991, 0.968), ("organization", 1.0, 0.99)],
)
def test_precision_and_recall_stay_above_what_was_once_reached(
    demo: Customer360, party_type: str, precision: float, recall: float
) -> None:
    with duckdb.connect() as con:
        holders = demo.holders()
        con.execute("create table predicted (record_key varchar, party_id varchar)")
        con.execute("create table truth (record_key varchar, party_id varchar)")
        expected = truth(party_type)
        con.executemany(
            "insert into predicted values (?, ?)", [(key, holders[key]) for key in expected]
        )
        con.executemany("insert into truth values (?, ?)", list(expected.items()))
        quality = compare_partitions(con, predicted="predicted", truth="truth")
    assert quality.pairs.precision >= precision
    assert quality.pairs.recall >= recall


def test_every_gpid_is_well_formed(demo: Customer360) -> None:
    assert all(is_valid_gpid(gpid) for gpid in demo.holders().values())


def test_resolve_finds_the_party_of_a_source_key(demo: Customer360) -> None:
    (system, key, gpid), *_ = demo.query(
        "select source_system, source_key, gpid from bridge_party_source"
        " where is_current order by record_key limit 1"
    )
    rows = demo.query(f"select gpid from resolve('{system}', '{key}')")
    assert rows == [(gpid,)]


def test_explain_link_adds_up_to_the_weight_of_the_link(demo: Customer360) -> None:
    ((a, b, weight),) = demo.query(
        "select record_key_a, record_key_b, match_weight from identity_edges"
        " order by match_weight desc, record_key_a limit 1"
    )
    steps = demo.query(f"select step, bits from explain_link('{b}', '{a}')")
    total = dict(steps)["total"]
    parts = sum(
        bits for step, bits in steps if bits is not None and step not in ("total", "declared")
    )
    assert total == pytest.approx(weight, abs=0.01)
    assert parts == pytest.approx(total, abs=0.1)


def test_the_open_file_names_nobody(demo: Customer360) -> None:
    """No e-mail address, phone number or full name of any record is in any open column."""
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        direct = {
            value
            for (value,) in con.execute(
                """
                select unnest(emails) from conformed.int_party_records
                union select unnest(phones) from conformed.int_party_records
                union select full_name from conformed.int_party_records where party_type = 'person'
                union select given_name || ' ' || family_name from conformed.int_party_records
                union select email_address from conformed.int_emails
                union select phone_number from conformed.int_phones
                """
            ).fetchall()
            if value and len(value) >= 5
        }
    assert len(direct) > 1000
    published = demo.home / "published" / "customer360.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from information_schema.columns"
            " where data_type = 'VARCHAR'"
        ).fetchall()
        con.execute("create temp table direct (value varchar)")
        con.executemany("insert into direct values (?)", [(v,) for v in sorted(direct)])
        found = [
            f"{table}.{column}"
            for table, column in columns
            if con.execute(
                f'select count(*) from direct where value in (select "{column}" from "{table}")'
            ).fetchall()
            != [(0,)]
        ]
    assert found == []


def test_no_e_mail_address_is_part_of_any_open_value(demo: Customer360) -> None:
    """Keys that are addresses are tokens, in lists too."""
    published = demo.home / "published" / "customer360.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from information_schema.columns"
            " where data_type like '%VARCHAR%'"
        ).fetchall()
        found = [
            f"{table}.{column}"
            for table, column in columns
            if con.execute(
                # of a key's form, letters are x and digits 9: x.xxxxxx@xxxxxxx.xxx says nothing
                f"""select count(*) from "{table}"
                where regexp_matches("{column}"::varchar, '[a-wyzA-WYZ0-8][^ ]*@')"""
            ).fetchall()
            != [(0,)]
        ]
    assert found == []


def test_tokens_of_keys_still_join(demo: Customer360) -> None:
    ((activities, joined),) = demo.query(
        "select count(*), count(bridge.gpid) from fct_activities"
        " left join bridge_party_source as bridge"
        " on fct_activities.record_key = bridge.record_key and bridge.is_current"
        " where fct_activities.record_key like 'marketing_cloud/%'"
    )
    assert activities == joined > 1000


def test_the_restricted_file_has_names_and_contact_points(demo: Customer360) -> None:
    ((names, emails),) = demo.query(
        "select count(display_name), count(email) from dim_party", restricted=True
    )
    assert names > 1000
    assert emails > 500


def test_nothing_is_left_beside_the_published_files(demo: Customer360) -> None:
    files = sorted(path.name for path in (demo.home / "published").iterdir())
    assert files == ["customer360.duckdb", "customer360_restricted.duckdb"]


def test_splink_leaves_no_tables_in_the_warehouse(demo: Customer360) -> None:
    rows = demo.warehouse(
        "select table_name from information_schema.tables"
        " where table_name like '%splink%' or table_name like '%dbt_tmp%'"
    )
    assert rows == []


def test_every_landed_row_is_accounted_for(demo: Customer360) -> None:
    rows = demo.query("select * from source_reconciliation where not is_balanced")
    assert rows == []
