"""Scores on small bases: what Splink returns is what the levels say, and a release is frozen."""

import math
from dataclasses import replace

import duckdb
import pytest

from customer360.matching.blocking import RULES, blocking_keys
from customer360.matching.fingerprint import scoring_hash
from customer360.matching.model import ELSE, Comparison, Level, PartyType
from customer360.matching.release import COMPARISONS, Release
from customer360.matching.splink_engine import compared

ANIMAL = Comparison(
    name="animal",
    missing="animal_l is null or animal_r is null",
    levels=(
        Level("same", "animal_l = animal_r", 0.9, frequency="animal"),
        Level("same letter", "left(animal_l, 1) = left(animal_r, 1)", 0.06, u=0.2),
        Level("different", ELSE, 0.04, u=0.8),
    ),
)
COLOUR = Comparison(
    name="colour",
    missing="colour_l is null or colour_r is null",
    levels=(
        Level("same", "colour_l = colour_r", 0.7, u=0.25),
        Level("different", ELSE, 0.3, u=0.75),
    ),
)
CHANCES = {(c.name, level.name): level.u for c in (ANIMAL, COLOUR) for level in c.levels if level.u}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        """
        create table records as
        select * from (values
            (1, 'cat', 'red', 0.5), (2, 'cat', 'blue', 0.5), (3, 'cow', null, 0.25),
            (4, 'dog', 'red', 0.25)
        ) as r (record_id, animal, colour, tf_animal);
        create table pairs as
        select l.record_id as record_id_l, r.record_id as record_id_r
        from records as l inner join records as r on l.record_id < r.record_id;
        """
    )
    return con


def test_bits_are_log2_of_m_over_u_or_over_the_frequency(con: duckdb.DuckDBPyConnection) -> None:
    with compared(
        con,
        records="records",
        pairs="pairs",
        comparisons=[ANIMAL, COLOUR],
        chances=CHANCES,
        result="compared",
    ):
        rows = {
            (left, right): (animal, colour)
            for left, right, animal, colour in con.execute(
                "select record_id_l, record_id_r, bits_animal, bits_colour from compared"
            ).fetchall()
        }
    assert len(rows) == 6, "each pair that was asked for"
    assert rows[1, 2] == pytest.approx((math.log2(0.9 / 0.5), math.log2(0.3 / 0.75)))
    assert rows[1, 3] == pytest.approx((math.log2(0.06 / 0.2), 0.0)), "missing is no evidence"
    assert rows[1, 4] == pytest.approx((math.log2(0.04 / 0.8), math.log2(0.7 / 0.25)))


def test_comparing_leaves_nothing_behind(con: duckdb.DuckDBPyConnection) -> None:
    before = con.execute("select table_name from information_schema.tables").fetchall()
    with compared(
        con, records="records", pairs="pairs", comparisons=[ANIMAL], chances=CHANCES, result="done"
    ):
        assert con.execute("select count(*) from done").fetchall() == [(6,)]
    assert con.execute("select table_name from information_schema.tables").fetchall() == before


@pytest.mark.parametrize("party_type", list(PartyType))
def test_every_comparison_is_well_formed(party_type: PartyType) -> None:
    names = [c.name for c in COMPARISONS[party_type]]
    assert len(set(names)) == len(names)
    for comparison in COMPARISONS[party_type]:
        assert [level.condition == ELSE for level in comparison.levels][-1]
        assert sum(level.condition == ELSE for level in comparison.levels) == 1
        assert len({level.name for level in comparison.levels}) == len(comparison.levels)
        for level in comparison.levels:
            assert 0 < level.m < 1
            assert (level.u is None) != (level.frequency is None), f"{comparison.name}: {level}"
            assert level.household is None or 0 < level.household < 1


def test_what_a_group_shares_speaks_for_the_group_rather_than_for_one_company() -> None:
    levels = {
        (comparison.name, level.name): level
        for comparison in COMPARISONS[PartyType.ORGANIZATION]
        for level in comparison.levels
    }
    for name in ("one is the other and more", "same beginning"):
        for suffix in ("", ", across scripts"):
            level = levels["company_name", name + suffix]
            assert level.household is not None
            assert level.household > 50 * level.m
    whole = levels["company_name", "same"]
    assert whole.household is not None
    assert whole.m > 50 * whole.household
    shared = levels["domain", "same"]
    assert shared.household is not None
    assert shared.m < 2 * shared.household, "a group's domain cannot outweigh another name"


@pytest.mark.parametrize("party_type", list(PartyType))
def test_blocking_rules_are_named_once_and_capped(party_type: PartyType) -> None:
    names = [rule.name for rule in RULES[party_type]]
    assert len(set(names)) == len(names)
    assert all(2 <= rule.cap <= 100 for rule in RULES[party_type])


def test_a_value_that_more_records_share_than_the_cap_pairs_neighbours_only() -> None:
    con = duckdb.connect()
    con.execute(
        """
        create table records as
        select
            i as record_id, 'key ' || i as record_key,
            'same name ' || i as core_name, null::varchar[] as name_keys,
            ['samename' || i] as name_sounds,
            null::varchar[] as company_domains, null::varchar[] as emails,
            [if(i <= 101, 'crowded', 'telling')] as phones, null::varchar[] as identifiers,
            null::varchar[] as family_keys, null::varchar[] as given_keys,
            null::varchar[] as given_nickname_keys,
            null::varchar as family, null::varchar as given, null::varchar as birth_text,
            null::varchar as postal, null::varchar as place, null::varchar as street,
            null::varchar as house_number, null::varchar as national_id,
            null::varchar as birth_place, null::varchar as occupation
        from range(1, 104) as r (i)
        """
    )
    blocking_keys(con, records="records", party_type=PartyType.ORGANIZATION, result="keys")
    paired = {record for (record,) in con.execute("select record_id from keys").fetchall()}
    assert {102, 103} <= paired
    crowded = con.execute("select count(*) from keys group by key having count(*) > 100").fetchall()
    assert crowded == []
    assert set(range(1, 102)) <= paired, "neighbours of a crowded identifier are still compared"


RELEASE = Release(
    party_type=PartyType.PERSON,
    record_count=10,
    chances={("given_name", "different"): 0.123456789},
    error_rates={("given_name", "different"): 0.04},
    between_share=1e-7,
    within_share=2e-9,
    household_share=3e-6,
    matches_per_record=0.75,
)


def test_a_release_is_stored_with_six_digits_and_read_back_as_stored() -> None:
    stored = RELEASE.to_json()
    again = Release.from_json(PartyType.PERSON, stored)
    assert again.to_json() == stored
    assert again.chances == {("given_name", "different"): 0.123457}
    assert replace(again, chances=RELEASE.chances) == RELEASE


def test_the_hash_of_the_scoring_notices_a_changed_error_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = scoring_hash(PartyType.PERSON)
    first, *rest = COMPARISONS[PartyType.PERSON]
    level, *levels = first.levels
    changed = replace(first, levels=(replace(level, m=level.m / 2), *levels))
    monkeypatch.setitem(COMPARISONS, PartyType.PERSON, (changed, *rest))
    assert scoring_hash(PartyType.PERSON) != before
