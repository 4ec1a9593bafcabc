"""Clusters of the demo's own records: what they depend on, and what they do not."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from customer360.edges import match_records
from customer360.matching.scoring import DuplicateFreeSources
from customer360.partition import cluster_records
from tests.project.builds import EDGES, Customer360

RELEASE = "release-1"
NO_SUCH_SOURCES = DuplicateFreeSources()


@pytest.fixture
def con(demo: Customer360) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(f"attach '{demo.home / 'warehouse.duckdb'}' as warehouse (read_only)")
        con.execute(f"attach '{demo.home / 'registry.duckdb'}' as registry (read_only)")
        con.execute("create view releases as from registry.model_releases")
        con.execute("create view events as from registry.gpid_events")
        con.execute("create view all_edges as from warehouse.identity.identity_edges")
        con.execute("create view declared as from warehouse.identity.identity_declared_edges")
        con.execute("create view ruled as from warehouse.identity.identity_rule_values")
        con.execute(
            "create view all_records as from warehouse.identity.identity_comparison_records"
        )
        yield con


def clusters(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "all_records",
    edges: str = "all_edges",
    declared: str = "declared",
    ruled: str = "ruled",
    events: str = "events",
    largest: int = 200,
    duplicate_free: DuplicateFreeSources = NO_SUCH_SOURCES,
) -> dict[str, tuple[str, bool]]:
    """The cluster of every record, and whether it is held back."""
    rows = cluster_records(
        con,
        records=records,
        releases="releases",
        release_id=RELEASE,
        edges=edges,
        declared=declared,
        rule_values=ruled,
        events=events,
        link_threshold=-1,
        largest_component=largest,
        duplicate_free=duplicate_free,
        former=None,
    )
    return {row[0]: (row[2], row[4]) for row in rows.fetchall()}


def test_the_order_of_rows_and_the_number_of_threads_do_not_matter(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("set threads = 1")
    expected = clusters(con)
    con.execute("set threads = 4")
    con.execute(
        "create table shuffled as from all_edges order by hash(record_key_a || record_key_b)"
    )
    con.execute("create table turned as from all_records order by record_key desc")
    con.execute("create table moved as from declared order by hash(record_key_b)")
    assert clusters(con, records="turned", edges="shuffled", declared="moved") == expected


def copies(
    con: duckdb.DuckDBPyConnection, name: str, *, count: int, source: str, **columns: Any
) -> None:
    """Make a table of copies of one complete record of a person; columns may be set anew."""
    con.execute(
        f"""
        create table {name} as
        select * exclude (i) replace (
            i as record_id,
            format('{source}/{{:04d}}', i) as record_key,
            'files/main' as source
            {"".join(f", {value} as {column}" for column, value in columns.items())}
        )
        from range(1, {count + 1}) as r (i)
        cross join (
            from all_records
            where party_type = 'person' and birth_date is not null and emails is not null
                and phones is not null and family_script = 'latin' and street is not null
                and not is_email_shared
            order by record_key
            limit 1
        ) as one
        """
    )  # fmt: skip


NOTHING = "select * from {} where false"


def test_a_crowd_of_copies_is_one_party_unless_what_they_say_is_nothing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(f"create view undeclared as {NOTHING.format('declared')}")
    copies(con, "crowd", count=2500, source="files/main/party")
    con.execute(
        "create table chain as select a.record_key as record_key_a, b.record_key as record_key_b,"
        " 20.0 as match_weight, 30.0 as stranger_weight, 25.0 as household_weight"
        " from crowd as a inner join crowd as b on a.record_id + 1 = b.record_id"
    )
    found = clusters(con, records="crowd", edges="chain", declared="undeclared")
    assert set(found.values()) == {("files/main/party/0001", False)}

    con.execute(
        "create table strangers as select * replace (null as birth_date, null as birth_text,"
        " null as emails, null as phones, null as street, null as postal, null as place,"
        " null as house_number, null as national_id, null as family, null as given,"
        " null as family_keys, null as given_keys, null as given_nickname_keys) from crowd"
    )
    held_back = clusters(con, records="strangers", edges="chain", declared="undeclared")
    assert all(held for _, held in held_back.values()), "2,500 records are too many to examine"
    assert {key for key, (head, _) in held_back.items() if key != head} == set()


def test_what_is_held_back_keeps_its_former_partition_but_for_decisions(
    con: duckdb.DuckDBPyConnection,
) -> None:
    copies(con, "crowd", count=300, source="files/main/party", emails="[i || '@example.com']")
    con.execute(
        """
        create table chain as
        select a.record_key as record_key_a, b.record_key as record_key_b, 3.0 as match_weight,
            30.0 as stranger_weight, 25.0 as household_weight
        from crowd as a inner join crowd as b on a.record_id + 1 = b.record_id;
        create table past as
        select 1 as commit_number, record_key, if(record_id <= 3, 'P1', 'P2') as gpid
        from crowd where record_id <= 5
        union all
        select 2, 'files/main/party/0003', 'P2';
        create table decided as
        select record_key_a, record_key_b, 'steward decision' as link_type,
            null::timestamp as declared_at, -10000.0 as weight, 1 as precedence
        from (values ('files/main/party/0001', 'files/main/party/0002'))
            as d (record_key_a, record_key_b)
        """
    )
    found = clusters(
        con, records="crowd", edges="chain", declared="decided", events="past", largest=20
    )
    key = "files/main/party/{:04d}".format
    assert all(held for _, held in found.values())
    together = {head: {k for k, (h, _) in found.items() if h == head} for head, _ in found.values()}
    assert [members for members in together.values() if len(members) > 1] == [
        {key(3), key(4), key(5)}
    ]


def test_a_rule_keeps_all_pairs_of_a_component_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Two national identifiers; the record without one cannot chain the others together."""
    con.execute(f"create view undeclared as {NOTHING.format('declared')}")
    copies(con, "three", count=3, source="files/main/party")
    con.execute(
        """
        create table strong as
        select a.record_key as record_key_a, b.record_key as record_key_b,
            20.0 + b.record_id as match_weight, 50.0 as stranger_weight, 50.0 as household_weight
        from three as a inner join three as b on a.record_id < b.record_id;
        create table apart as
        select 'one id' as rule, 'different' as decision, record_key,
            ['national_identifier: ' || record_id] as field_values
        from three where record_id <> 2
        """
    )
    key = "files/main/party/{:04d}".format
    found = clusters(con, records="three", edges="strong", declared="undeclared", ruled="apart")
    assert {k: head for k, (head, _) in found.items()} == {
        key(1): key(1),
        key(2): key(2),
        key(3): key(2),
    }


def test_a_source_without_duplicates_is_not_chained_through_another(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Two customers of one shop, both like one contact of the CRM; the shop has nobody twice."""
    con.execute(f"create view undeclared as {NOTHING.format('declared')}")
    copies(con, "shop", count=2, source="shop/jp/customer")
    copies(con, "crm", count=1, source="crm/main/contact")
    con.execute(
        """
        create table records as
        select * replace (row_number() over (order by record_key) as record_id)
        from (
            select * replace (
                'shop/jp' as source,
                if(record_id = 1, phones, null) as phones,
                if(record_id = 2, emails, null) as emails,
                null as street, null as postal, null as place, null as house_number,
                null as national_id, null as birth_date, null as birth_text
            ) from shop
            union all
            select * replace ('crm/main' as source) from crm
        )
        """
    )

    def parties(duplicate_free: DuplicateFreeSources) -> tuple[int, list[str]]:
        match_records(
            con,
            records="records",
            releases="releases",
            release_id=RELEASE,
            review_threshold=-60,
            max_pairs_per_record=100,
            duplicate_free=duplicate_free,
            former=None,
        )
        con.execute(f"create or replace table scored as {EDGES.format('matched')}")
        found = clusters(
            con,
            records="records",
            edges="scored",
            declared="undeclared",
            duplicate_free=duplicate_free,
        )
        evidence = con.execute(
            "select e.level from scored, unnest(evidence) as u (e) where e.comparison = 'source'"
        ).fetchall()
        return len({head for head, _ in found.values()}), [level for (level,) in evidence]

    assert parties(NO_SUCH_SOURCES) == (1, [])
    assert parties(DuplicateFreeSources(["shop/us/*"], 20)) == (1, [])
    assert parties(DuplicateFreeSources(["shop/*/customer"], 20)) == (
        2,
        ["two records of a source without duplicates"],
    )
