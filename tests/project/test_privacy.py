"""Nobody's data where it should not be: canaries in every column that may hold a person's data.

A landing folder with two rows in every extract of every adapter is built; each column of class
`direct`, `quasi` or `sensitive` holds a value that is nowhere else. Afterwards no canary may be
found in the open file, under `target/` or in the logs: not as it was delivered, not folded, not as
its digits, not as a hash that anybody could compute. All that the scan has to find in the
restricted file, and what is planted for it, shows that it can.
"""

import re
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import WITHOUT_TESTS, Customer360
from tests.project.canaries import VARIABLES, World, contents

# raw columns that no published table is made of
_NOT_PUBLISHED = re.compile(
    # matching looks at them; of a person's account it looks at the person's columns
    "party_records/(full_name|birth_place|identifiers|national_identifier)|(contact|lead)/Name"
    "|account/(Name|AccountNumber|Industry|Billing|Shipping)"
    "|profile/handle"
    # by them it is found whose an answer is
    "|(demographics|firmographics)/(provider_key|email|phone)"
    # the office's own, and a sample to measure by
    "|privacy_requests/note|known_parties/known_party"
    # one of an order's two addresses is taken
    "|order/(billing|shipping)"
    # nobody reads them
    "|SubscriberID|basket/email|case/Supplied|page_event/(city|referrer)"
)


def test_no_canary_is_in_any_column_of_the_open_file(world: World) -> None:
    columns = dict(contents(world.published / "customer360.duckdb"))
    assert len(columns) > 150
    found = {column: world.canaries.found(text) for column, text in columns.items()}
    assert {column: places for column, places in found.items() if places} == {}


def test_no_canary_is_in_the_bytes_of_the_open_file(world: World) -> None:
    content = (world.published / "customer360.duckdb").read_bytes()
    assert world.canaries.found(content.decode("utf-8", "ignore")) == set()
    restricted = (world.published / "customer360_restricted.duckdb").read_bytes()
    assert len(world.canaries.found(restricted.decode("utf-8", "ignore"))) > 50


def test_the_restricted_file_has_the_canaries(world: World) -> None:
    found = set[str]()
    for _, text in contents(world.published / "customer360_restricted.duckdb"):
        found |= world.canaries.found(text)
    # a golden record has one value of several, so one of a column's two canaries is enough
    columns, found_columns = [
        {place.rsplit("/", 1)[0] for place in places} for places in (world.canaries.values, found)
    ]
    missing = columns - found_columns
    assert {column for column in missing if not _NOT_PUBLISHED.search(column)} == set()
    assert len(found_columns) > 100


def test_no_canary_is_in_the_logs_or_in_what_dbt_compiled(world: World) -> None:
    files = [path for path in world.project.scratch.rglob("*") if path.is_file()]
    assert {"manifest.json", "run_results.json", "dbt.log"} <= {path.name for path in files}
    found = {
        path.name: world.canaries.found(path.read_bytes().decode("utf-8", "ignore"))
        for path in files
    }
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "leak",
    [
        "select 'x' || lower(email) as note",
        "select [{'deep': {'er': upper(email)}}] as note",
        "select md5(lower(email)) as note",
        "select sha256(email) as note",
        "select 'id-' || sha1(lower(email)) || '/1' as note",
        "select regexp_replace(phone, '\\D', '', 'g') as note",
        "select md5('+81' || phone[2:]) as note",
    ],
)
def test_the_scan_finds_what_is_planted(world: World, tmp_path: Path, leak: str) -> None:
    values = world.canaries.values
    planted = tmp_path / "planted.duckdb"
    with duckdb.connect(str(planted)) as con:
        con.execute(
            f"create table t as {leak} from (select ? as email, replace(?, '-', '') as phone)",
            [
                values["files/main/party_records/emails/0"],
                values["files/main/party_records/phones/0"],
            ],
        )
    ((_, text),) = contents(planted)
    assert len(world.canaries.found(text)) == 1


def test_personal_keys_are_the_same_tokens_in_every_open_table(world: World) -> None:
    rows = world.project.query(
        """
        select source_system, count(*), count(*) filter (
            where regexp_full_match(record_key, '[^/]+/[^/]+/[^/]+/[0-9a-f]{24}')
            and ends_with(record_key, '/' || source_key)
        )
        from bridge_party_source where source_system in ('files', 'marketing_cloud') group by all
        """
    )
    assert {system for system, *_ in rows} == {"files", "marketing_cloud"}
    assert all(records == tokens > 0 for _, records, tokens in rows)
    for table in ("fct_activities", "gpid_history", "identity_party_tree"):
        query = f"""
            select count(*), count(bridge.gpid) from {table} as facts
            left join (select distinct record_key, gpid from bridge_party_source) as bridge
                using (record_key)
            where record_key is not null
        """
        ((all_rows, joined),) = world.project.query(query)
        assert all_rows == joined > 0, table
    # the restricted file has the same rows under the keys themselves
    key = "subscriber/Zqx.Subscriber@canary.example.com"
    query = "select count(*) from fct_activities where record_key like 'marketing_cloud/%'"
    ((everything,),) = world.project.query(query)
    ((of_one,),) = world.project.query(
        f"select count(*) from fct_activities where record_key = 'marketing_cloud/main/{key}'",
        restricted=True,
    )
    assert 0 < of_one < everything


def test_links_between_tokens_are_explained_in_either_order(demo: Customer360) -> None:
    ((a, b, weight),) = demo.query(
        "select record_key_a, record_key_b, match_weight from identity_edges"
        " where regexp_matches(record_key_a || ' ' || record_key_b, '/[0-9a-f]{24}( |$)')"
        " order by all limit 1"
    )
    for one, other in ((a, b), (b, a)):
        rows = demo.query(f"select step, bits from explain_link('{one}', '{other}')")
        assert dict(rows)["total"] == pytest.approx(weight, abs=0.01)


def test_a_column_without_a_class_is_not_published(world: World, tmp_path: Path) -> None:
    project = world.project.copy_to(tmp_path)
    before = (project.home / "published" / "customer360.duckdb").read_bytes()
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        con.execute("alter table marts.fct_orders add column courier varchar")
    result = project.dbt(
        "build", *WITHOUT_TESTS, "--full-refresh", "--select", "publish", variables=VARIABLES
    )
    assert not result.success
    assert "fct_orders.courier has no class; give it one in its YAML" in str(
        [node.message for node in result.result]
    )
    assert (project.home / "published" / "customer360.duckdb").read_bytes() == before
