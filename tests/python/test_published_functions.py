"""What the published functions say, over a handful of rows made by hand."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from customer360.published_functions import published_functions

TABLES = """
create table bridge_party_source as
select * from (values
    ('P1', 'crm/a', 'person', true), ('P1', 'crm/b', 'person', true),
    ('P1', 'crm/c', 'person', true), ('P2', 'crm/d', 'person', true),
    ('P3', 'crm/o', 'organization', true), ('P9', 'crm/a', 'person', false)
) as t (gpid, record_key, party_type, is_current);
-- tests/python/test_finding.py has the functions that read these
create table fct_orders as
select * from (values ('1001', 'crm/a', 'P1'), ('1002', null, null), ('1001', 'crm/d', 'P2'))
    as t (order_number, record_key, gpid);
create table fct_cases as select '7' as case_number, 'crm/d' as record_key, 'P2' as gpid;
create table anonymous_identity_windows as
select * from (values ('cookie-1', 'P1'), ('cookie-3', 'P1'), ('cookie-3', 'P2'))
    as t (anonymous_id, gpid);
create table party_identifiers as
select * from (values
    ('P1', 'crm/a', 'email', 'ann@example.com'), ('P2', 'crm/d', 'email', 'ann@example.com'),
    ('P1', 'crm/a', 'phone', '+819012345678'), ('P2', 'crm/d', 'phone', '+12125550147'),
    ('P2', 'crm/d', 'loyalty_number', 'gold-17')
) as t (gpid, record_key, identifier_type, value);
create table dim_party as
select 'P1' as gpid, 'person' as party_type, 'Ann' as display_name,
    null::varchar as organization_name, 3 as source_record_count, null::varchar as email,
    null::varchar as phone, null::date as birth_date, null::varchar as postal_code;
create table identity_weights (
    party_type varchar, comparison varchar, "level" varchar, match_share double,
    stranger_share double, relative_share double, frequency_term varchar, prior_share double,
    prior_relative_share double
);
create table party_contact_point (gpid varchar, channel varchar, value varchar);
create table party_search_terms (gpid varchar, field varchar, term varchar, record_count bigint);
create table party_search_words (
    term_number bigint, term varchar, party_count bigint, readings varchar[]
);
create table party_search_grams (gram varchar, term_number bigint);
alter table bridge_party_source add column source_system varchar default 'crm';
alter table bridge_party_source add column source_key varchar;
alter table bridge_party_source add column match_probability double default 1;
update bridge_party_source set source_key = record_key[5:];
-- tests/python/test_history.py has the functions that read these
alter table bridge_party_source add column valid_from timestamp;
alter table bridge_party_source add column valid_to timestamp;
alter table bridge_party_source add column valid_from_commit bigint;
alter table bridge_party_source add column valid_to_commit bigint;
create table gpid_history (commit_number bigint, change_number bigint);
create table gpid_redirect as select 'P9' as retired_gpid, 'P1' as live_gpid;
create table identity_edges as
select
    'person' as party_type, record_key_a, record_key_b, match_weight,
    1 / (1 + pow(2, -match_weight)) as match_probability, match_weight + 12 as stranger_weight,
    5.0 as household_weight, 0.0 as name_weight, -11.0 as prior_weight,
    [{'comparison': 'phone', 'level': 'same', 'bits': match_weight + 12}] as evidence
from (values ('crm/a', 'crm/b', 9.0), ('crm/b', 'crm/c', 2.0), ('crm/a', 'crm/c', -1.5),
    ('crm/c', 'crm/d', 5.0)) as t (record_key_a, record_key_b, match_weight);
create table identity_declared_edges as
select * from (values
    ('crm/a', 'crm/d', 'crm_id', 'crm/main', 10.0),
    ('crm/a', 'crm/b', 'rule: same card', 'dbt_project.yml', 10000.0),
    ('crm/c', 'crm/d', 'steward decision', 'seeds/steward_decisions.csv', -10000.0)
) as t (record_key_a, record_key_b, link_type, declared_by, weight);
create table identity_cut_links as
select 'crm/c' as record_key_a, 'crm/d' as record_key_b, 'steward decision' as reason;
create table identity_decisions as
select 'crm/c' as record_key_a, 'crm/d' as record_key_b, 'different' as decision,
    'Ann' as decided_by, timestamp '2026-03-01' as decided_at, 'twins' as reason,
    'in force' as status;
create table identity_clusters as
select 'P1' as gpid, 'person' as party_type, 3 as record_count, 3 as pairs_possible,
    3 as pairs_kept, 1 as pairs_against, true as has_conflict, '2 birth dates' as conflict
union all select 'P2', 'person', 1, 0, 0, 0, false, null;
create table identity_party_tree as
select * from (values
    ('crm/b', null, null, null, 0, 0, 3, 0, 0),
    ('crm/a', 'crm/b', 'score', 9.0, 1, 1, 1, 2, 1),
    ('crm/c', 'crm/b', 'score', 2.0, 1, 2, 1, 2, 2)
) as t (record_key, parent_record_key, link_type, match_weight, depth, place, records_below,
    records_beside, links_across);
create table identity_review_queue as
select 7 as priority, 'split?' as kind, 'crm/b' as record_key_a, 'crm/c' as record_key_b,
    'P1' as gpid_a, 'P1' as gpid_b, 'weak link' as reason, 2.0 as match_weight;
"""


@pytest.fixture(params=[False, True], ids=["restricted", "open"])
def con(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        if request.param:
            # the open file does not have the words of stewards
            connection.execute("alter table identity_decisions drop column decided_by")
            connection.execute("alter table identity_decisions drop column reason")
        connection.execute(published_functions(is_open=request.param))
        yield connection


def link(con: duckdb.DuckDBPyConnection, a: str, b: str) -> dict[str, Any]:
    rows = con.execute("from explain_link(?, ?)", [a, b]).fetchall()
    return {step: (finding, bits) for step, finding, bits in rows}


def party(con: duckdb.DuckDBPyConnection, gpid: str) -> list[tuple[Any, ...]]:
    return con.execute("from explain_party(?)", [gpid]).fetchall()


def test_a_scored_link_adds_up_and_says_what_overrode_it(con: duckdb.DuckDBPyConnection) -> None:
    steps = link(con, "crm/d", "crm/c")
    assert steps["phone"] == ("same", 17.0)
    assert steps["total"][1] == steps["phone"][1] + steps["prior"][1] + steps["relative"][1]
    assert steps["decision"][0].startswith("different")
    assert "declared" not in steps
    assert steps["guard"] == ("not joined, steward decision", None)
    assert steps["result"] == ("two parties, P2 and P1", None)


def test_only_the_restricted_file_has_the_words_of_the_steward() -> None:
    assert "decided_by" in published_functions(is_open=False)
    assert "decided_by" not in published_functions(is_open=True)


def test_what_joins_without_a_score_is_named(con: duckdb.DuckDBPyConnection) -> None:
    assert link(con, "crm/a", "crm/d")["declared"] == ("crm_id by crm/main", 10.0)
    assert link(con, "crm/a", "crm/b")["rule"] == ("same card, whatever the score", None)


def test_what_was_not_scored_says_why(con: duckdb.DuckDBPyConnection) -> None:
    assert "make explain A=crm/b B=crm/d" in link(con, "crm/b", "crm/d")["not scored"][0]
    assert "never compared" in link(con, "crm/b", "crm/o")["not scored"][0]
    assert link(con, "crm/b", "crm/b")["not scored"][0] == "it is one record"


def test_an_unknown_key_is_named(con: duckdb.DuckDBPyConnection) -> None:
    assert link(con, "crm/x", "crm/a") == {"result": ("no record has the key crm/x", None)}
    assert link(con, "crm/x", "crm/y") == {"result": ("no record has either key", None)}


def test_a_party_is_its_tree_its_weakest_link_and_what_speaks_against_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = party(con, "P1")
    assert [row[:3] for row in rows] == [
        ("party", None, None),
        ("tree", "crm/b", None),
        ("tree ›", "crm/a", "crm/b"),
        ("tree ›", "crm/c", "crm/b"),
        ("weakest link", "crm/c", "crm/b"),
        ("without it", "crm/c", None),
        ("conflict", None, None),
        ("against", "crm/a", "crm/c"),
        ("decision", "crm/c", "crm/d"),
        ("question", "crm/b", "crm/c"),
    ]
    findings = {row[0]: (row[3], row[4]) for row in rows}
    assert findings["party"][0] == "person P1: 3 records, 3 of 3 pairs have evidence, 1 against"
    assert findings["weakest link"] == (
        "one of 2 links across; without it 1 and 2 records",
        2.0,
    )
    assert findings["conflict"][0] == "2 birth dates"
    assert findings["question"][0].startswith("split? number 7")


def test_a_retired_gpid_is_explained_as_its_successor(con: duckdb.DuckDBPyConnection) -> None:
    assert party(con, "P9")[0][3].startswith("now person P1")
    assert party(con, "P9")[1:] == party(con, "P1")[1:]


def test_a_party_of_one_record_and_an_unknown_one_are_said_to_be(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert party(con, "P2")[0][3] == "person P2: 1 record"
    assert party(con, "P0") == [("party", None, None, "no party has this GPID", None)]
