"""A column that goes, changes its name or its type stops a build; one that comes is reported."""

from pathlib import Path
from typing import Any

import pytest

from customer360.landing import Delivery
from tests.python.landing.conftest import Shop

CSV = "Id,Name,Changed\n1,Ann,2026-10-01\n2,Bob,2026-10-02\n"
WHO = "crm/main/contact"


def remember(shop: Shop) -> None:
    """What a complete build does at its end, with the macro's own SQL."""
    macro = Path(__file__).parents[3] / "macros" / "remember_landing.sql"
    sql = macro.read_text("utf-8").split("-#}")[1].split("{% endmacro %}")[0]
    shop.con.execute(sql)


@pytest.fixture
def built(crm: Shop) -> Shop:
    crm.deliver("crm/contact.csv", CSV)
    crm.prepare()
    remember(crm)
    return crm


def columns(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.rows(
        "select column_name, status, change from landing.source_columns order by column_name"
    )


def test_the_first_build_compares_with_the_adapter_alone(crm: Shop) -> None:
    crm.deliver("crm/contact.csv", "Id,Name,Nick\n1,Ann,A\n")
    told: list[str] = []
    crm.prepare(tell=told.append)
    assert told == []
    assert columns(crm) == [
        ("Changed", "missing", None),
        ("Id", "read", None),
        ("Name", "read", None),
        ("Nick", "ignored", None),
    ]


def test_nothing_has_changed(built: Shop) -> None:
    built.prepare()
    assert {change for _, _, change in columns(built)} == {None}


def test_a_dropped_column_stops_the_build_and_is_named(built: Shop) -> None:
    built.deliver("crm/contact.csv", "Id,Changed\n1,2026-10-01\n")
    (problem,) = built.problems()
    assert problem.startswith(f"{WHO}: the column Name, which the last build read, is gone.")
    assert f'"accept_landing_changes": {{"{WHO}"' in problem


def test_a_column_that_looks_renamed_is_told_with_its_new_name(built: Shop) -> None:
    built.deliver("crm/contact.csv", "Id,FullName,Changed\n1,Ann,2026-10-01\n")
    (problem,) = built.problems()
    assert "the column Name is gone, and FullName is new" in problem
    assert "add FullName to the aliases of Name" in problem


def test_an_alias_is_no_change(built: Shop) -> None:
    built.deliver("crm/contact.csv", "ID,name,CHANGED\n1,Ann,2026-10-01\n")
    built.prepare()
    assert {change for _, _, change in columns(built)} == {None}


def test_values_that_are_no_longer_of_the_declared_type_stop_the_build(built: Shop) -> None:
    rows = "".join(f"{n},Ann,{n % 28 + 1}. Oct 2026\n" for n in range(30))
    built.deliver("crm/contact.csv", "Id,Name,Changed\n" + rows)
    (problem,) = built.problems()
    assert "30 of the 30 values of the column Changed cannot become timestamp" in problem
    # the file is known by now, and is no better for it
    assert built.problems() == (problem,)


def test_a_few_values_of_the_wrong_type_are_slips(built: Shop) -> None:
    rows = "".join(f"{n},Ann,{'soon' if n < 19 else '2026-10-01'}\n" for n in range(30))
    built.deliver("crm/contact.csv", "Id,Name,Changed\n" + rows)
    built.prepare()


def test_another_type_in_parquet_stops_the_build(crm: Shop) -> None:
    crm.deliver_parquet("crm/contact.parquet", "select '007' as Id, 'Ann' as Name")
    crm.prepare()
    remember(crm)
    crm.deliver_parquet("crm/contact.parquet", "select 7 as Id, 'Ann' as Name")
    (problem,) = crm.problems()
    assert "the column Id was of the type text when the last build read it" in problem
    assert "now is whole number" in problem


def test_from_csv_to_parquet_is_no_change_of_type(built: Shop) -> None:
    (built.landing / "crm/contact.csv").unlink()
    built.deliver_parquet(
        "crm/contact.parquet", "select 1 as Id, 'Ann' as Name, timestamp '2026-10-01' as Changed"
    )
    built.prepare()


@pytest.mark.parametrize("content", ["", "Id,Name,Changed\n"], ids=["empty", "header only"])
def test_an_extract_that_had_records_and_has_none_stops_the_build(
    built: Shop, content: str
) -> None:
    built.deliver("crm/contact.csv", content)
    (problem,) = built.problems()
    assert problem.startswith(f"{WHO}: nothing was delivered; the last build read 2 records.")


def test_an_optional_extract_that_is_gone_stops_the_build(shop: Shop) -> None:
    shop.declare("crm", {"note": {"Id": "varchar"}}, note={"optional": True})
    shop.deliver("crm/note.csv", "Id\n1\n")
    shop.prepare()
    remember(shop)
    (shop.landing / "crm/note.csv").unlink()
    assert "nothing was delivered" in shop.problems()[0]


def test_an_extract_that_may_be_empty_may_become_so(shop: Shop) -> None:
    shop.declare("crm", {"decision": {"Id": "varchar"}}, decision={"may_be_empty": True})
    shop.deliver("crm/decision.csv", "Id\n1\n")
    shop.prepare()
    remember(shop)
    shop.deliver("crm/decision.csv", "Id\n")
    shop.prepare()
    assert shop.counts() == (0, 0, 0, 0)


def test_a_new_column_is_told_and_ignored(built: Shop) -> None:
    built.deliver("crm/contact.csv", "Id,Name,Changed,Fax\n1,Ann,2026-10-01,5550\n")
    told: list[str] = []
    built.prepare(tell=told.append)
    assert told == [
        f"{WHO}: new columns, which its adapter ignores: Fax (source_columns lists them)"
    ]
    assert ("Fax", "ignored", "added") in columns(built)
    remember(built)
    built.prepare(tell=told.append)
    assert len(told) == 1, "after a complete build it is no news"


def test_an_accepted_change_passes_with_its_reason_and_is_the_new_normal(built: Shop) -> None:
    built.deliver("crm/contact.csv", "Id,Changed\n1,2026-10-01\n")
    told: list[str] = []
    built.prepare(accepted={"crm/*/contact": "names are elsewhere"}, tell=told.append)
    assert told == [
        f"{WHO}: the column Name, which the last build read, is gone; accepted: names are elsewhere"
    ]
    assert built.rows(
        "select change, accepted_because from landing.source_columns where column_name = 'Name'"
    ) == [("dropped", "names are elsewhere")]
    remember(built)
    built.prepare()


def test_a_reason_for_one_extract_lets_no_other_pass(built: Shop) -> None:
    built.deliver("crm/contact.csv", "Id,Changed\n1,2026-10-01\n")
    with pytest.raises(Exception, match="Name"):
        built.prepare(accepted={"crm/main/lead": "names are elsewhere"})


def test_only_the_newest_of_several_deliveries_counts(built: Shop) -> None:
    built.deliver("crm/contact_2026-09-01.csv", "Id,Changed\n1,2026-09-01\n")
    (built.landing / "crm/contact.csv").rename(built.landing / "crm/contact_2026-10-01.csv")
    built.prepare()
    built.deliver("crm/contact_2026-11-01.csv", "Id,Changed\n1,2026-10-30\n")
    assert "the column Name" in built.problems()[0]


def test_a_delivery_of_changes_with_other_columns_is_not_kept(crm: Shop) -> None:
    crm.kinds["crm"] = Delivery.CHANGES
    crm.deliver("crm/contact.csv", CSV)
    crm.prepare()
    remember(crm)
    crm.deliver("crm/contact.csv", "Id,Changed\n3,2026-10-03\n")
    assert "the column Name" in crm.problems()[0]
    assert len(list((crm.home / "deliveries").rglob("*.csv"))) == 1


def test_a_system_that_is_not_connected_for_a_while_is_compared_when_it_is_back(
    built: Shop,
) -> None:
    built.declare("erp", {"item": {"Id": "varchar"}})
    built.deliver("erp/item.csv", "Id\n1\n")
    built.prepare("erp")
    remember(built)
    built.deliver("crm/contact.csv", "Id,Changed\n1,2026-10-01\n")
    assert "the column Name" in built.problems("crm")[0]
