"""A build makes again what a change has reached, and leaves the rest as it is."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import DEMO, Customer360, copy_of_the_project
from tests.project.test_replay import assert_as_from_nothing

# what looks at the clock, the registry or the landing folder as a whole, so that nobody can say
# from its inputs alone that it would be the same
ALWAYS = {"int_as_of", "decide", "assign", "gate", "gpid_events", "identity_health", "publish"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """The demo, with a landing folder of its own to deliver to."""
    folder = tmp_path_factory.mktemp("changes")
    shutil.copytree(DEMO, folder / "landing")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    project.run()
    return project


def rewrite(file: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Deliver a file with other rows."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or []), list(reader)
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def test_a_fact_is_made_again_when_its_extract_or_a_party_of_it_has_changed(
    built: Customer360, tmp_path: Path
) -> None:
    def other_rating(rows: list[dict[str, str]]) -> None:
        rows[0]["rating"] = "2" if rows[0]["rating"] != "2" else "1"

    rewrite(built.landing / "social" / "reviews.csv", other_rating)
    names = built.made()
    assert {"int_reviews", "fct_reviews", *ALWAYS} <= names
    assert (
        not {
            "int_party_records",
            "match",
            "bridge_party_source",
            "fct_orders",
            "fct_activities",
            "party_360",
            "party_rfm",
        }
        & names
    )

    # another number of one customer: no other party, so that no fact has another one
    def other_number(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["phoneHome"])["phoneHome"] = "03-6555-0177"

    rewrite(built.landing / "commerce_cloud" / "jp" / "customers.csv", other_number)
    names = built.made()
    assert {"int_party_records", "match", "dim_party", "party_contact_point"} <= names
    assert not {"fct_orders", "fct_activities", "party_rfm"} & names

    # one customer is gone, and with them the party of an order
    with duckdb.connect(str(built.home / "warehouse.duckdb"), read_only=True) as con:
        [(key,)] = con.execute(
            "select split_part(orders.record_key, '/', 4) from marts.fct_orders as orders"
            " inner join marts.dim_party using (gpid)"
            " where orders.record_key like 'commerce_cloud/jp/customer/%'"
            " and source_record_count = 1 order by all limit 1"
        ).fetchall()

    def without_customer(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row["customerNo"] != key]

    rewrite(built.landing / "commerce_cloud" / "jp" / "customers.csv", without_customer)
    names = built.made()
    assert {"bridge_party_source", "fct_orders", "party_rfm"} <= names
    assert not {"int_reviews", "int_cases", "int_payments"} & names
    assert_as_from_nothing(built, tmp_path / "anew")


def test_a_changed_model_and_what_reads_it_are_made_again(
    built: Customer360, tmp_path: Path
) -> None:
    built.made()
    same, changed = (copy_of_the_project(tmp_path / name) for name in ("same", "changed"))
    assert built.made(project_dir=same) == set()
    segment = changed / "models" / "marts" / "segments" / "segment_moved_house.sql"
    nobody = f"select * from (\n{segment.read_text('utf-8')}\n) where false\n"
    segment.write_text(nobody, "utf-8")
    names = built.made(project_dir=changed)
    assert {"segment_moved_house", "segment_members", "segment_sizes"} <= names
    assert not {"int_party_records", "dim_party", "fct_orders", "segment_won_back"} & names
    sizes = "select member_count from segment_sizes where segment = 'moved_house'"
    assert built.query(sizes) in ([], [(0,)])


def made_after(project: Customer360, statement: str) -> set[str]:
    """Build what somebody did something to and whose publication is gone."""
    project.made()
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        con.execute(statement)
    (project.home / "published" / "customer360.duckdb").unlink()
    return project.made()


def test_a_table_that_is_gone_is_made_again(built: Customer360) -> None:
    names = made_after(built, "drop table marts.party_rfm")
    assert "party_rfm" in names
    assert not {"fct_orders", "segment_best_customer_overdue"} & names


def test_what_died_between_a_model_and_its_state_is_made_again(built: Customer360) -> None:
    # `forget_state` and `note_state` enclose what is not in one transaction
    names = made_after(built, "delete from main.model_states where model like '%.dim_party'")
    assert "dim_party" in names
    # it came out the same
    assert not {"party_360", "dim_household"} & names
