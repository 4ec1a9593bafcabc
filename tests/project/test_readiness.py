"""What is said of the sources adds up, and says nothing of a person."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from customer360.readiness import write_readiness
from customer360_dbt import assess
from tests.project.builds import PROJECT, Customer360


def test_the_measures_of_an_extract_are_those_of_its_records(demo: Customer360) -> None:
    wrong = demo.warehouse(
        """
        with counted as (
            select
                records.delivered_in,
                count(*) as records,
                count(*) filter (len(records.emails) > 0) as emails,
                count(*) - count(distinct membership.cluster_id) as duplicates,
                count(*) filter (contains(source_key, '@')) as personal_keys
            from conformed.int_party_records as records
            inner join identity.identity_membership as membership using (record_key)
            group by records.delivered_in
        )
        select readiness.*, counted.*
        from counted
        inner join marts.source_readiness as readiness using (delivered_in)
        where (topic = 'completeness' and counted.records <> readiness.total)
            or (topic = 'completeness' and measure = 'email' and affected <> emails)
            or (topic = 'matching' and starts_with(measure, 'dup') and affected <> duplicates)
            or (topic = 'ids' and starts_with(measure, 'keys') and affected <> personal_keys)
        """
    )
    assert wrong == []
    found = dict(
        demo.warehouse(
            "select delivered_in, detail from marts.source_readiness"
            " where measure = 'commonest form'"
        )
    )
    assert found["commerce_cloud/jp/customer"] == "9"
    assert "x.x@x.x.x" in found["marketing_cloud/main/subscriber"]


def test_systems_share_the_parties_that_the_bridge_says(demo: Customer360) -> None:
    wrong = demo.warehouse(
        """
        select * from marts.source_overlap where shared_parties <> (
            select count(*) from (
                select gpid from marts.bridge_party_source
                where is_current and source_system in (system_a, system_b)
                group by gpid having count(distinct source_system) = 2
            )
        )
        """
    )
    assert wrong == []


def test_the_page_and_its_tables_hold_no_value_of_a_person_and_fetch_nothing(
    demo: Customer360, tmp_path: Path
) -> None:
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        page = write_readiness(con, tmp_path)
    personal = demo.warehouse(
        """
        select distinct value from (
            select unnest([full_name, family_name, organization_name, street_address, birth_date])
                as value from conformed.int_party_records
            union all select unnest(emails) from conformed.int_party_records
            union all select unnest(phones) from conformed.int_party_records
            union all select source_key from conformed.int_party_records
            where contains(source_key, '@')
        )
        -- Price is a family name, and a column of an asset
        where length(value) >= 5 and value <> 'Price'
        """
    )
    assert len(personal) > 5000
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        # a name may be part of a column's: Price, and UnitPrice
        found = [v for (v,) in personal if v in text and re.search(rf"\b{re.escape(v)}\b", text)]
        assert found == [], path
    text = page.read_text("utf-8")
    for part in ("<script", "<link", "<img", "url(", "http:", "https:"):
        assert part not in text
    assert "<dd>6,864</dd>" in text


def test_a_folder_of_extracts_is_assessed_and_nothing_else_is_touched(
    fresh: Customer360, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (fresh.landing / "files" / "party_records.csv").write_text(
        "source_key,full_name,emails,updated_at\n"
        "1,Zq Canary,zq.canary@example.com,2026-10-01\n"
        "2,Zq Canary,zq.canary@example.com,2026-10-02\n"
        "3,Mary Major,no address,2026-10-03\n",
        "utf-8",
    )
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("CUSTOMER360_HOME", str(fresh.home))
    monkeypatch.setenv("CUSTOMER360_LANDING", "nowhere")

    def build(home: Path, variables: Mapping[str, Any]) -> None:
        project = Customer360(fresh.landing, home, fresh.scratch)
        project.run(*assess.SELECTION, variables=variables)

    assert assess.main([str(fresh.landing)], build=build) == 0
    assert "no personal values" in capsys.readouterr().out
    out = fresh.home / "assessment"
    left = {path.name for path in fresh.home.rglob("*.*") if path.suffix in (".duckdb", ".parquet")}
    assert left == set(), "neither a registry nor a publication, nor what was built"
    assert sorted(path.name for path in out.iterdir()) == [
        "readiness.html",
        "source_columns.csv",
        "source_overlap.csv",
        "source_readiness.csv",
    ]
    with (out / "source_readiness.csv").open(encoding="utf-8") as file:
        rows = {(row["topic"], row["measure"]): row["affected"] for row in csv.DictReader(file)}
    assert rows["formats", "email"] == "2"
    assert rows["matching", "duplicates inside the extract"] == "1"
    page = (out / "readiness.html").read_text("utf-8")
    assert "1 of 3 records have a value under e-mail that nothing can be made of" in page
    assert "anary" not in page
