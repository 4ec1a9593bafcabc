"""Somebody who is being typed in is scored as a build would score the same record."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import duckdb
import pytest

from customer360.duplicates import DuplicateFinder, Entry, EntryError
from customer360.matching.model import PartyType
from customer360_dbt.find_duplicates import by_party, duplicate_finder, main
from tests.project.builds import DEMO, PROJECT, Customer360


@pytest.fixture(scope="module")
def finder(demo: Customer360) -> Iterator[DuplicateFinder]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("CUSTOMER360_LANDING", str(DEMO))
        found = duplicate_finder(demo.home, {})
    yield found
    found.close()


def entry_of(finder: DuplicateFinder, record_key: str) -> Entry:
    """What a record says, as somebody who types it says it."""
    asked = finder.con.execute(
        "select * from warehouse.conformed.int_party_records where record_key = ?", [record_key]
    )
    columns = [column for column, *_ in asked.description]
    said: dict[str, Any] = dict(zip(columns, asked.fetchall()[0], strict=True))
    names = {field.name for field in fields(Entry)}
    known = {name: value for name, value in said.items() if name in names and value is not None}
    return Entry(**(known | {"party_type": PartyType(said["party_type"])}))


def test_a_record_typed_in_finds_its_twin_with_the_weight_of_the_build(
    finder: DuplicateFinder,
) -> None:
    # of one source, the chance that two records are one party is another
    edges = finder.con.execute(
        """
        select record_key_a, record_key_b, match_weight
        from warehouse.identity.identity_edges
        where split_part(record_key_a, '/', 1) <> split_part(record_key_b, '/', 1)
            and match_weight > 0
            -- the entry has no identifiers of other kinds
            and not list_contains(list_transform(evidence, lambda e: e.comparison), 'identifiers')
        qualify row_number() over (partition by party_type order by md5(record_key_a)) <= 4
        """
    ).fetchall()
    assert len(edges) == 8
    for a, b, weight in edges:
        found = {match.record_key: match for match in finder.find(entry_of(finder, a))}
        assert found[b].match_weight == pytest.approx(weight, abs=1e-6)


def test_the_likeliest_party_comes_first_with_the_reason(finder: DuplicateFinder) -> None:
    ((gpid,),) = finder.con.execute(
        "select distinct gpid from warehouse.marts.bridge_party_source where is_current"
        " and record_key = 'commerce_cloud/jp/customer/00010726'"
    ).fetchall()
    typed = Entry(full_name="ﾀﾅｶ ﾀﾛｳ", emails=["T.Tanaka@Example.com"])
    best, *others = by_party(finder.find(typed))
    assert best.gpid == gpid
    assert best.match_probability > 0.99
    assert "email: same" in best.reason
    assert all(other.match_weight < best.match_weight for other in others)
    assert gpid not in {other.gpid for other in others}


def test_nobody_is_found_for_a_stranger(finder: DuplicateFinder) -> None:
    stranger = Entry(full_name="Wilhelmina Qxz", emails=["w.qxz@nowhere.example.org"])
    assert [match for match in finder.find(stranger) if match.match_probability > 0.1] == []


def test_an_entry_without_anything_is_refused(finder: DuplicateFinder) -> None:
    with pytest.raises(EntryError, match="nothing was typed"):
        finder.find(Entry(gender="f"))


def test_a_finder_writes_nothing(finder: DuplicateFinder) -> None:
    for database in ("warehouse", "registry"):
        with pytest.raises(duckdb.Error, match="read-only"):
            finder.con.execute(f"create table {database}.main.x as select 1")


def test_the_command_says_what_to_do_without_a_build(
    fresh: Customer360, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("CUSTOMER360_LANDING", str(DEMO))
    monkeypatch.setenv("CUSTOMER360_HOME", str(fresh.home))
    assert main(["--full-name", "Ann Other"]) == 1
    assert "run `make build` first" in capsys.readouterr().err


def in_sql(demo: Customer360, arguments: str, *, restricted: bool = True) -> list[Any]:
    return demo.query(f"from find_duplicates({arguments})", restricted=restricted)


def test_the_sql_function_is_near_the_model(demo: Customer360, finder: DuplicateFinder) -> None:
    for typed, arguments in (
        (Entry(emails=["t.tanaka@example.com"]), "email := 'T.Tanaka@example.com'"),
        (
            Entry(full_name="田中太郎", emails=["t.tanaka@example.com"]),
            "full_name := 'タナカ タロウ', email := 't.tanaka@example.com'",
        ),
        (Entry(full_name="田中太郎"), "family_name := 'Tanaka', given_name := 'Taro'"),
    ):
        exact = {match.gpid: match for match in by_party(finder.find(typed))}
        best = in_sql(demo, arguments)[0]
        assert best[0] in exact, arguments
        # it knows nothing of how often the two names go together
        assert best[2] == pytest.approx(exact[best[0]].match_weight, abs=3), arguments


def test_the_sql_function_weighs_what_the_whole_party_says(
    demo: Customer360, finder: DuplicateFinder
) -> None:
    typed = Entry(given_name="Taro", family_name="Tanaka", birth_date="1931-05-06")
    exact = {match.gpid: match for match in by_party(finder.find(typed))}
    rows = in_sql(demo, "given_name := 'Taro', family_name := 'Tanaka', birth_date := '1931/05/06'")
    # a record that has no birth date objects to none; its party does
    for gpid, _, weight, _, objection, _ in rows:
        assert weight < exact[gpid].match_weight
        assert "birth_date" in objection
    assert rows


def test_the_sql_function_gives_reasons_and_objections(demo: Customer360) -> None:
    first, second = in_sql(demo, "full_name := '田中太郎', email := 't.tanaka@example.com'")[:2]
    assert first[1] > 0.99
    assert "email: same" in first[3]
    assert first[4] is None
    assert second[1] < first[1]
    assert second[4] == "email: different"
    assert in_sql(demo, "full_name := 'Wilhelmina Qxz'") == []
    assert in_sql(demo, "") == []


def test_the_open_file_says_that_it_cannot_find_duplicates(demo: Customer360) -> None:
    with pytest.raises(duckdb.Error, match=r"ask customer360_restricted\.duckdb"):
        in_sql(demo, "full_name := '田中太郎'", restricted=False)


def test_the_weights_are_those_of_the_release(demo: Customer360) -> None:
    ((bits,),) = demo.query(
        "select log2(match_share / stranger_share) from identity_weights"
        " where party_type = 'person' and comparison = 'email' and level = 'different'"
    )
    edges = demo.query(
        "select distinct e.bits from (select unnest(evidence) as e from identity_edges"
        " where party_type = 'person') where e.comparison = 'email' and e.level = 'different'"
    )
    assert [value for (value,) in edges] == [pytest.approx(bits, abs=1e-6)]
