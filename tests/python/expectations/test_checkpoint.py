"""The checkpoint finds what is wrong with an extract; neither results nor pages leak a value."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from customer360.expectations.checkpoint import Finding, Terms, run_checkpoint, shape
from customer360.landing import Deliveries, Delivery, prepare
from customer360.landing.expectation_results import add_run, results_query
from customer360.landing.spec import load_system
from customer360.settings import load_settings

PROJECT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 1, 12, 0)
SALES = ("sales_cloud", "main", "contact")
HEADER = "Id,LastName,Email,MobilePhone,CreatedDate,SystemModstamp\n"
GOOD = "003{:012d}AAA,Doe,p{}@example.com,090-1234-{:04d},2026-10-01,2026-10-31\n"
CANARY = "zq.canary@example"


def rows(count: int, line: str = GOOD) -> str:
    return "".join(line.format(n, n, n) for n in range(count))


class World:
    """A landing folder of one Sales Cloud, of which only contacts matter."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "landing" / "sales_cloud"
        self.folder.mkdir(parents=True)
        for table in load_system(PROJECT, "sales_cloud").tables:
            header = ",".join(column.name for column in table.columns)
            (self.folder / f"{table.file}.csv").write_text(header + "\n", "utf-8")

    def check(
        self,
        contacts: str,
        *,
        former: Sequence[int] = (),
        max_age_days: float = 30,
        changes: bool = False,
        run_id: str = "run",
    ) -> dict[tuple[str, str | None], Finding]:
        (self.folder / "Contact.csv").write_text(contacts, "utf-8")
        with duckdb.connect() as con:
            prepare(
                con,
                landing=self.root / "landing",
                project=PROJECT,
                systems=["sales_cloud"],
                instances={},
                deliveries=Deliveries(self.root / "home", {"default": Delivery.SNAPSHOT}),
                accepted={"*/*/*": "looked at elsewhere"},
                now=NOW,
            )
            sources = con.execute("from landing_raw.extracts").fetchall()
            system = load_system(PROJECT, "sales_cloud")
            contact = [table for table in system.tables if table.name == "contact"]
            findings = run_checkpoint(
                con,
                [system.model_copy(update={"tables": contact})],
                home=self.root / "home",
                run_id=run_id,
                now=NOW,
                terms=Terms(
                    former_records={SALES: former},
                    changing=frozenset(sources if changes else ()),
                    max_age_days=dict.fromkeys(sources, max_age_days),
                ),
            )
        self.findings = findings
        return {
            (each.result.expectation, each.result.column_name): each
            for each in findings
            if not each.result.is_met
        }


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "home" / "expectations").mkdir(parents=True)
    return World(tmp_path)


def test_a_good_extract_meets_everything(world: World) -> None:
    assert world.check(HEADER + rows(40), former=[38, 41]) == {}


def test_what_is_wrong_is_counted_and_placed_and_shown_as_a_form_only(world: World) -> None:
    bad = (
        "0035g0000000900AAA,Roe,zq.canary[at]example,no number,2026-10-01,2026-10-31\n"
        "0035g0000000901AAA,Roe,zq.canary[at]example,no number,some day,2026-10-31\n"
    )
    unmet = world.check(HEADER + bad + rows(10))
    email = unmet["expect_column_values_to_match_regex", "Email"]
    assert (email.result.severity, email.result.unexpected_rows) == ("warn", 2)
    assert email.result.expected == "an e-mail address in at least 90% of the rows"
    assert email.examples[0] == "sales_cloud/Contact.csv record 1 like xx.xxxxxx[xx]xxxxxxx"
    created = unmet["expect_column_values_to_be_in_set", "CreatedDate is a timestamp"]
    assert created.examples == ("sales_cloud/Contact.csv record 2 like xxxx xxx",)
    assert ("expect_column_values_to_match_regex", "MobilePhone") in unmet


def test_ids_of_another_object_stop_a_build(world: World) -> None:
    unmet = world.check(HEADER + rows(10, GOOD.replace("003{", "001{")))
    found = unmet["expect_column_values_to_match_regex", "Id"].result
    assert (found.severity, found.unexpected_rows) == ("stop", 10)


def test_rows_without_a_key_stop_a_build(world: World) -> None:
    unmet = world.check(HEADER + rows(10) + ",Doe,,,,\n" * 5)
    found = unmet["expect_column_values_to_not_be_null", "Id"].result
    assert (found.severity, found.unexpected_rows) == ("stop", 5)


@pytest.mark.parametrize(("count", "is_met"), [(49, False), (50, True), (360, True), (361, False)])
def test_volume_is_compared_with_the_last_builds(world: World, count: int, is_met: bool) -> None:
    unmet = world.check(HEADER + rows(count), former=[100, 120])
    assert (("expect_table_row_count_to_be_between", None) not in unmet) is is_met


def test_the_volume_of_changes_says_nothing(world: World) -> None:
    assert world.check(HEADER + rows(1), former=[100], changes=True) == {}


def test_an_old_extract_and_keys_that_are_there_twice_are_warnings(world: World) -> None:
    unmet = world.check(HEADER + rows(10) * 2, max_age_days=0.5)
    assert set(unmet) == {
        ("expect_column_max_to_be_between", "SystemModstamp"),
        ("expect_compound_columns_to_be_unique", "Id"),
    }
    assert {each.result.severity for each in unmet.values()} == {"warn"}


def test_no_value_of_a_person_is_in_the_results_or_the_pages_and_nothing_is_fetched(
    world: World,
) -> None:
    line = f"0035g0000000900AAA,Zqcanary,{CANARY},{CANARY},{CANARY},{CANARY}\n"
    unmet = world.check(HEADER + line * 30 + rows(10))
    assert unmet
    add_run(world.root / "home", [each.result for each in world.findings])
    written = [path for path in (world.root / "home").rglob("*") if path.is_file()]
    pages = [path for path in written if path.suffix == ".html"]
    assert len(pages) == 3, "the results, the suite and an index"
    for path in written:
        content = path.read_bytes().lower()
        assert b"canary" not in content, path
        if path in pages:
            for part in (b"<script", b"<link", b"<img", b"@import", b"url(", b"fingerprint"):
                assert part not in content, path
    assert "canary" not in repr(world.findings).lower()


def test_the_results_of_every_run_are_kept(world: World) -> None:
    home = world.root / "home"
    assert duckdb.sql(results_query(home)).fetchall() == []
    for contacts in (rows(3), rows(3, GOOD.replace("003{", "001{"))):
        world.check(HEADER + contacts, run_id=f"run{contacts[2]}")
        add_run(home, [each.result for each in world.findings])
    kept = duckdb.sql(
        f"select run_id, count(*) filter (not is_met), count(*) from ({results_query(home)})"
        " group by run_id order by run_id"
    )
    count = len(world.findings)
    assert kept.fetchall() == [("run1", 1, count), ("run3", 0, count)]


def test_a_run_that_finds_the_same_as_the_one_before_is_no_news(world: World) -> None:
    home = world.root / "home"
    for run_id, max_age_days in (("a", 9), ("b", 9), ("c", 0.5)):
        world.check(HEADER + rows(3), run_id=run_id, max_age_days=max_age_days)
        add_run(home, [each.result for each in world.findings])
    found = duckdb.sql(f"select distinct run_id from ({results_query(home)}) order by all")
    assert found.fetchall() == [("a",), ("c",)]


def test_an_extract_without_records_is_neither_old_nor_wrong(world: World) -> None:
    assert world.check(HEADER) == {}


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("t.tanaka@example.com", "x.xxxxxx@xxxxxxx.xxx"),
        ("090-1234", "999-9999"),
        ("田中 太郎", "ああ ああ"),
        ("é" + "a" * 40, "あ" + "x" * 29 + "…"),
        ("a\x00b", "x?x"),
    ],
)
def test_a_form_says_nothing_else(value: str, form: str) -> None:
    assert shape(value) == form


def test_a_build_does_not_import_great_expectations() -> None:
    code = "import customer360_dbt.plugin, sys; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_is_known_beyond_the_yaml_is_about_columns_that_exist() -> None:
    from great_expectations.expectations import ExpectColumnValuesToNotBeNull

    from customer360.expectations.suites import BEYOND_THE_YAML

    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]
    assert set(BEYOND_THE_YAML) == set(load_settings(variables, {}).adapters)
    for system, tables in BEYOND_THE_YAML.items():
        declared = {
            table.name: {column.name for column in table.columns}
            for table in load_system(PROJECT, system).tables
        }
        required = {
            (table.name, column.name)
            for table in load_system(PROJECT, system).tables
            for column in table.columns
            if column.meta.required
        }
        for table, suite in tables.items():
            assert {getattr(each, "column", None) for each in suite} <= declared[table]
            # that a required column is filled follows from the YAML; twice is one result too many
            filled = {
                (table, each.column)
                for each in suite
                if isinstance(each, ExpectColumnValuesToNotBeNull)
            }
            assert not filled & required
