"""Decisions of stewards: what is badly written is named, and the newest word about a pair holds."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.decisions import (
    Decided,
    DecisionError,
    Written,
    check_decisions,
    newest_by_pair,
    raise_for_contradictions,
    resolve_decisions,
)

NOW = datetime(2026, 11, 22, 9)
GOOD = Written("crm/main/contact/1", "shop/jp/customer/2", "same", "anna", "2026-03-01", "", "seed")


def problems(*written: Written) -> str:
    with pytest.raises(DecisionError) as error:
        check_decisions(written, now=NOW)
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"record_key_a": None}, "record_key_a is empty"),
        ({"record_key_b": "  "}, "record_key_b is empty"),
        ({"record_key_b": GOOD.record_key_a}, "both sides are the same record"),
        ({"decision": "diferent"}, "not 'diferent'; did you mean 'different'?"),
        ({"decision": None}, "decision must be one of same, different, unsure"),
        ({"decided_by": ""}, "decided_by is empty"),
        ({"decided_at": "01/03/2026"}, "ISO date or time such as 2026-11-22"),
        ({"decided_at": None}, "decided_at must be an ISO date"),
        ({"decided_at": "2062-03-01"}, "2062-03-01 is in the future"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_what_is_wrong(
    change: dict[str, Any], message: str
) -> None:
    text = problems(GOOD, replace(GOOD, **change))
    assert message in text
    assert text.count("\n  - ") == 1, "the good row is no problem"


def test_all_bad_rows_are_named_at_once() -> None:
    bad = [replace(GOOD, record_key_a=f"crm/main/contact/{i}", decision="?") for i in range(25)]
    text = problems(*bad)
    assert "crm/main/contact/19" in text
    assert "… and 5 more" in text


def test_of_two_words_at_one_moment_neither_is_the_newest() -> None:
    other = replace(GOOD, decision="different", decided_by="ben")
    assert "neither is the newest" in problems(GOOD, other)
    assert len(check_decisions([GOOD, replace(GOOD, decided_by="ben")], now=NOW)) == 2


def test_a_decision_reads_the_same_in_any_spelling_and_order_of_its_keys() -> None:
    other = replace(
        GOOD,
        record_key_a=f" {GOOD.record_key_b}",
        record_key_b=GOOD.record_key_a,
        decision="SAME ",
        decided_at="2026-03-01T09:00:00+09:00",
    )
    assert check_decisions([GOOD, other], now=NOW) == check_decisions([other, GOOD], now=NOW)
    assert len(check_decisions([GOOD, other], now=NOW)) == 1


def decided(a: str, b: str, word: str, day: int = 1) -> Decided:
    return Decided(a, b, datetime(2026, 1, day), f"steward of {a}{b}", word, "", "seed")


def contradiction(*decisions: Decided) -> str:
    with pytest.raises(DecisionError) as error:
        raise_for_contradictions(newest_by_pair(decisions).values())
    return str(error.value)


def test_a_contradiction_lists_the_shortest_chain_of_decisions() -> None:
    text = contradiction(
        decided("a", "b", "same"),
        decided("b", "c", "same"),
        decided("c", "d", "same"),
        decided("b", "d", "same"),
        decided("a", "d", "different"),
        decided("x", "y", "same"),
    )
    named = [pair for pair in ("ab", "bc", "cd", "bd", "ad", "xy") if f"steward of {pair}" in text]
    assert named == ["ab", "bd", "ad"]


def test_a_newer_decision_about_the_pair_ends_a_contradiction() -> None:
    chain = [decided("a", "b", "same"), decided("b", "c", "same")]
    contradiction(*chain, decided("a", "c", "different"))
    for word in ("same", "unsure"):
        newer = [decided("a", "c", "different", 1), decided("a", "c", word, 2)]
        raise_for_contradictions(newest_by_pair([*chain, *newer]).values())
    raise_for_contradictions(
        newest_by_pair([*chain, decided("b", "c", "unsure", 2), decided("a", "c", "different")])
        .values()
    )  # fmt: skip


PAIRS = st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(
    lambda p: p[0] < p[1]
)


@given(st.dictionaries(PAIRS, st.sampled_from(["same", "different", "unsure"]), max_size=12))
def test_decisions_stop_the_build_exactly_when_no_partition_satisfies_them(
    words: dict[tuple[str, str], str],
) -> None:
    parties = {record: record for record in "abcdef"}
    for (a, b), word in words.items():
        if word == "same":
            kept, merged = parties[a], parties[b]
            parties = {r: kept if p == merged else p for r, p in parties.items()}
    impossible = any(
        word == "different" and parties[a] == parties[b] for (a, b), word in words.items()
    )
    decisions = [decided(a, b, word) for (a, b), word in words.items()]
    if impossible:
        contradiction(*decisions)
    else:
        raise_for_contradictions(decisions)


def test_records_that_do_not_exist_are_reported_and_not_fatal() -> None:
    con = duckdb.connect()
    con.execute(
        """
        create table records as select * from (values
            ('a', 'person'), ('b', 'person'), ('o', 'organization')) as r (record_key, party_type);
        create table written (record_key_a varchar, record_key_b varchar, decision varchar,
            decided_by varchar, decided_at varchar, reason varchar, delivered_in varchar);
        insert into written values
            ('b', 'a', 'same', 'anna', '2026-01-02', 'r', 'seed'),
            ('a', 'b', 'different', 'anna', '2026-01-01', '', 'seed'),
            ('a', 'gone', 'same', 'anna', '2026-01-01', null, 'seed'),
            ('a', 'o', 'same', 'anna', '2026-01-01', null, 'seed');
        """
    )
    rows = resolve_decisions(con, decisions="written", records="records", now=NOW).fetchall()
    assert [(*row[:4], *row[6:]) for row in rows] == [
        ("a", "b", "person", "different", None, "superseded", "seed"),
        ("a", "b", "person", "same", "r", "in force", "seed"),
        ("a", "gone", "person", "same", None, "record unknown", "seed"),
        ("a", "o", None, "same", None, "different party types", "seed"),
    ]
