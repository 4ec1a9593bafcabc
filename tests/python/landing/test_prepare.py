import time
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer360.landing import catalog
from customer360.landing.csv_files import load_csv
from customer360.landing.views import BOOKKEEPING_TABLES

COLUMNS = {"Id": "varchar", "Name": "varchar", "Changed": "timestamp"}


def test_a_view_has_the_declared_columns_and_those_about_the_row(crm: Any) -> None:
    crm.deliver("crm/Contact.csv", "NAME,id,extra\nAnn,1,x\n")
    crm.prepare()
    described = crm.rows("select column_name, column_type from (describe landing.crm__contact)")
    assert described == [
        ("Id", "VARCHAR"),
        ("Name", "VARCHAR"),
        ("Changed", "TIMESTAMP"),
        ("_instance", "VARCHAR"),
        ("_file", "VARCHAR"),
        ("_row_number", "BIGINT"),
        ("_loaded_at", "TIMESTAMP"),
        ("_is_deleted", "BOOLEAN"),
        ("_status", "VARCHAR"),
        ("_reason", "VARCHAR"),
        ("_payload", "VARCHAR"),
        ("_invalid_values", 'STRUCT(column_name VARCHAR, "value" VARCHAR, reason VARCHAR)[]'),
    ]
    assert crm.rows("from landing.crm__contact") == [
        (
            *("1", "Ann", None, "main", "crm/Contact.csv", 1, None, False, "accepted", None),
            *('{"NAME":"Ann","id":"1","extra":"x"}', []),
        )
    ]


def test_csv_and_parquet_of_the_same_content_give_the_same_rows(crm: Any) -> None:
    crm.deliver("crm/contact.csv", "id,name,changed\n1,Ann,2024-01-02T21:00:00+09:00\n2,,\n ,x,\n")
    crm.prepare()
    selected = "select Id, Name, Changed, _row_number, _status, _reason from landing.crm__contact"
    from_csv = crm.rows(f"{selected} order by _row_number")
    (crm.landing / "crm/contact.csv").unlink()
    crm.deliver_parquet(
        "crm/contact.parquet",
        "select * from (values ('1', 'Ann', timestamptz '2024-01-02 12:00:00+00'), "
        "('2', '', null), (' ', 'x', null)) t(id, name, changed)",
    )
    crm.prepare()
    assert crm.rows(f"{selected} order by _row_number") == from_csv
    assert [row[4] for row in from_csv] == ["accepted", "accepted", "quarantined"]


def test_instances_are_read_from_their_folders_and_may_differ_in_format(crm: Any) -> None:
    crm.instances = {"crm": ["jp", "us"]}
    crm.deliver("crm/jp/contacts.csv", "Id\n1\n")
    crm.deliver_parquet("crm/us/contacts.parquet", "select 1::bigint as id")
    crm.prepare()
    assert crm.rows(
        "select _instance, Id, _file, _status from landing.crm__contact order by 1"
    ) == [
        ("jp", "1", "crm/jp/contacts.csv", "accepted"),
        ("us", "1", "crm/us/contacts.parquet", "accepted"),
    ]
    assert crm.rows("from landing.deliveries order by all") == [
        ("crm", "jp", "contact", "crm/jp/contacts.csv", "csv", 1),
        ("crm", "us", "contact", "crm/us/contacts.parquet", "parquet", 1),
    ]


def test_several_files_are_one_extract_even_when_their_columns_differ(crm: Any) -> None:
    crm.deliver_parquet("crm/contact/part-1.parquet", "select '1' as id, 'a' as name")
    crm.deliver_parquet("crm/contact/part-2.parquet", "select '2' as id, 'b' as name")
    crm.deliver_parquet("crm/contact/part-3.parquet", "select 3 as name, '3' as id")
    crm.prepare()
    assert crm.rows("select Id, Name, _file from landing.crm__contact order by 1") == [
        ("1", "a", "crm/contact/part-1.parquet"),
        ("2", "b", "crm/contact/part-2.parquet"),
        ("3", "3", "crm/contact/part-3.parquet"),
    ]


def test_a_folder_name_is_no_column(crm: Any) -> None:
    crm.deliver_parquet("crm/contact/name=Ann/part.parquet", "select '1' as id")
    crm.prepare()
    assert crm.rows("select Id, Name from landing.crm__contact") == [("1", None)]


@pytest.mark.parametrize(
    "name",
    ["it's.csv", "a;b.csv", 'quo"te.csv', "[1].csv", "x*?.csv", "半角 カナ.csv", "[1].parquet"],
)
def test_odd_characters_in_paths_are_just_characters(crm: Any, name: str) -> None:
    if name.endswith("parquet"):
        crm.deliver_parquet(f"crm/contact/{name}", "select '1' as id")
        crm.deliver_parquet("crm/contact/1.parquet", "select '2' as id")
    else:
        crm.deliver(f"crm/contact/{name}", "id\n1\n")
        crm.deliver("crm/contact/1.csv", "id\n2\n")
    crm.prepare()
    assert crm.rows("select Id from landing.crm__contact where _file = 'crm/contact/1.csv' "
                    "or _file = 'crm/contact/1.parquet'") == [("2",)]  # fmt: skip
    assert ("1", f"crm/contact/{name}") in crm.rows("select Id, _file from landing.crm__contact")
    assert crm.counts() == (2, 2, 0, 0)


def test_odd_characters_in_column_names_are_just_characters(crm: Any) -> None:
    crm.deliver("crm/contact.csv", 'id,"it\'s; ""x""",日本語 列\n1,a,b\n')
    crm.prepare()
    assert crm.rows("select _payload from landing.crm__contact") == [
        ('{"id":"1","it\'s; \\"x\\"":"a","日本語 列":"b"}',)
    ]


def test_an_alias_stands_for_a_column_and_its_own_name_comes_first(shop: Any) -> None:
    no = ("varchar", {"aliases": ["customerInfoCustomerNo", "old_no"], "required": True})
    shop.declare("web", {"order": {"customerNo": no}})
    shop.deliver("web/orders.csv", "customer_info.customer_no,old_no\n1,2\n")
    shop.prepare()
    assert shop.rows("select customerNo from landing.web__order") == [("1",)]
    shop.deliver("web/orders.csv", "old_no,customer-no\n1,2\n")
    shop.prepare()
    assert shop.rows("select customerNo from landing.web__order") == [("2",)]


def test_a_field_of_a_struct_column_can_be_a_declared_column(shop: Any) -> None:
    no = ("varchar", {"aliases": ["customerInfoCustomerNo"]})
    shop.declare("web", {"order": {"customerNo": no}})
    shop.deliver_parquet("web/orders.parquet", "select {'customerNo': 7} as \"customerInfo\"")
    shop.prepare()
    assert shop.rows("select customerNo, _payload from landing.web__order") == [
        ("7", '{"customerInfo":{"customerNo":7}}')
    ]


def test_of_several_deliveries_of_a_key_the_newest_is_accepted(crm: Any) -> None:
    crm.deliver(
        "crm/contact.csv",
        "id,name,changed\n1,old,2024-01-01\n1,new,2024-03-01\n1,unknown,\n2,only,2020-01-01\n",
    )
    crm.prepare()
    assert crm.rows("select Name, _status from landing.crm__contact order by _row_number") == [
        ("old", "superseded"),
        ("new", "accepted"),
        ("unknown", "superseded"),
        ("only", "accepted"),
    ]
    assert crm.counts() == (4, 2, 0, 2)


def test_the_order_of_rows_does_not_decide_which_delivery_is_newest(crm: Any) -> None:
    winners = set()
    for rows in (["1,a,", "1,b,", "1,c,"], ["1,c,", "1,b,", "1,a,"], ["1,b,", "1,c,", "1,a,"]):
        crm.deliver("crm/contact.csv", "\n".join(["id,name,changed", *rows]))
        crm.prepare()
        winners |= set(crm.rows("select Name from landing.crm__contact where _status = 'accepted'"))
    assert len(winners) == 1


def test_one_key_in_two_instances_is_two_records(crm: Any) -> None:
    crm.instances = {"crm": ["jp", "us"]}
    crm.deliver("crm/jp/contact.csv", "id,name\n1,a\n1,a\n")
    crm.deliver("crm/us/contact.csv", "id,name\n1,a\n")
    crm.prepare()
    accepted = "select _instance from landing.crm__contact where _status = 'accepted'"
    assert crm.rows(f"{accepted} order by all") == [("jp",), ("us",)]


def test_without_a_cursor_the_loader_and_then_the_file_name_say_what_is_newest(shop: Any) -> None:
    shop.declare("crm", {"contact": COLUMNS}, contact={"key": ["Id"]})
    shop.deliver("crm/contact_2026-01-31.csv", "id,name\n1,january\n2,january\n")
    shop.deliver("crm/contact_2026-02-28.csv", "id,name\n1,february\n")
    shop.deliver(
        "crm/contact_0003.csv", "id,name,_fivetran_synced\n2,synced,2026-03-01T00:00:00Z\n"
    )
    shop.prepare()
    accepted = "from landing.crm__contact where _status = 'accepted'"
    assert shop.rows(f"select Id, Name, _loaded_at {accepted} order by Id") == [
        ("1", "february", datetime(2026, 2, 28)),
        ("2", "synced", datetime(2026, 3, 1)),
    ]


def test_an_exact_copy_of_an_event_is_superseded_and_a_similar_event_is_not(shop: Any) -> None:
    shop.declare("mail", {"open": {"Key": "varchar", "At": "timestamp"}})
    shop.deliver(
        "mail/_Open.csv",
        "key,at,url,_airbyte_extracted_at\n"
        "1,2024-01-01,/a,1700000000000\n"
        "1,2024-01-01,/a,1700000000999\n"
        "1,2024-01-01,/b,1700000000000\n"
        "1,2024-01-02,/a,1700000000000\n",
    )
    shop.prepare()
    statuses = shop.rows("select _status from landing.mail__open order by _row_number")
    assert [row[0] for row in statuses] == ["superseded", "accepted", "accepted", "accepted"]


def test_rows_are_ranked_only_where_there_are_duplicates(crm: Any) -> None:
    def view() -> str:
        crm.prepare()
        return str(crm.rows("select sql from duckdb_views() where view_name = 'crm__contact'"))

    crm.deliver("crm/contact.csv", "id,name\n1,a\n2,b\n ,c\n ,c\n")
    assert "row_number() OVER" not in view()
    crm.deliver("crm/contact.csv", "id,name\n1,a\n1,b\n")
    assert "row_number() OVER" in view()
    crm.deliver("crm/contact.csv", "id,name\n1,a\n3,b\n")
    assert "row_number() OVER" not in view()


def test_deletion_is_read_from_the_vendor_or_the_loader(shop: Any) -> None:
    shop.declare(
        "crm",
        {"contact": {"Id": "varchar", "IsDeleted": "boolean"}},
        contact={"key": ["Id"], "deleted": "IsDeleted"},
    )
    for header in ("is_deleted", "IsDeleted", "_fivetran_deleted"):
        shop.deliver("crm/contact.csv", f"id,{header}\n1,true\n2,FALSE\n3,\n4,1\n")
        shop.prepare()
        rows = shop.rows("select _is_deleted from landing.crm__contact order by Id")
        assert [row[0] for row in rows] == [True, False, False, True]
    assert shop.rows("select accepted, deleted from landing.row_counts") == [(4, 2)]


def test_former_versions_of_history_mode_are_superseded_but_a_deleted_key_is_not_lost(
    crm: Any,
) -> None:
    crm.deliver(
        "crm/contact.csv",
        "id,name,changed,_fivetran_active\n"
        "1,former,2024-05-01,false\n"
        "1,current,2024-01-01,true\n"
        "2,older,2024-01-01,false\n"
        "2,last,2024-02-01,false\n",
    )
    crm.prepare()
    query = "select Name, _status, _is_deleted from landing.crm__contact order by _row_number"
    assert crm.rows(query) == [
        ("former", "superseded", True),
        ("current", "accepted", False),
        ("older", "superseded", True),
        ("last", "accepted", True),
    ]


def test_a_blank_default_fills_a_key_and_a_missing_column(shop: Any) -> None:
    kind = ("varchar", {"default": "party"})
    shop.declare(
        "crm", {"contact": {"Kind": kind, "Id": "varchar"}}, contact={"key": ["Kind", "Id"]}
    )
    shop.deliver("crm/contact.csv", "id,kind\n1,\n2,lead\n")
    shop.prepare()
    assert shop.rows("select Kind, Id from landing.crm__contact order by 2") == [
        ("party", "1"),
        ("lead", "2"),
    ]
    shop.deliver("crm/contact.csv", "id\n1\n")
    shop.prepare()
    assert shop.rows("select Kind, _status from landing.crm__contact") == [("party", "accepted")]


def test_an_optional_object_without_a_file_is_an_empty_table(shop: Any) -> None:
    shop.declare("crm", {"contact": COLUMNS}, contact={"optional": True, "key": ["Id"]})
    shop.prepare()
    assert shop.rows("select Id, _payload, _invalid_values from landing.crm__contact") == []
    assert shop.rows("from landing.row_counts") == [("crm", "main", "contact", 0, 0, 0, 0, 0)]
    assert shop.rows("from landing.quarantined_rows") == shop.rows("from landing.invalid_values")


def test_views_of_a_system_that_is_no_longer_connected_are_dropped(crm: Any) -> None:
    crm.deliver("crm/contact.csv", "id\n1\n")
    crm.declare("web", {"event": {"Id": "varchar"}})
    crm.deliver("web/event.csv", "id\n1\n")
    crm.prepare("crm", "web")
    crm.prepare("web")
    views = crm.rows("select view_name from duckdb_views() where schema_name = 'landing'")
    assert {row[0] for row in views} == {"web__event", *BOOKKEEPING_TABLES}
    raw = crm.rows("select count(*) from duckdb_tables() where table_name like 'raw_%'")
    assert raw == [(1,)]
    assert crm.rows("select distinct source_system from landing.row_counts") == [("web",)]


def test_no_connected_system_gives_empty_bookkeeping(shop: Any) -> None:
    shop.landing.mkdir()
    (shop.project / "models" / "staging").mkdir(parents=True)
    shop.prepare()
    for view in BOOKKEEPING_TABLES:
        assert shop.rows(f"from landing.{view}") == []


def test_an_unchanged_csv_is_not_read_again_and_a_changed_one_is(
    crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(con: duckdb.DuckDBPyConnection, path: Path, table: str) -> Any:
        read.append(path.name)
        return load_csv(con, path, table)

    monkeypatch.setattr(catalog, "load_csv", counting)
    crm.deliver("crm/contact.csv", "id\n1\n")
    crm.prepare()
    crm.prepare()
    assert read == ["contact.csv"]
    crm.deliver("crm/contact.csv", "id\n1\n2\n")
    crm.prepare()
    assert read == ["contact.csv"] * 2
    assert crm.counts() == (2, 2, 0, 0)


def test_the_views_are_there_for_the_next_connection(crm: Any, tmp_path: Path) -> None:
    crm.con = duckdb.connect(tmp_path / "warehouse.duckdb")
    crm.deliver("crm/contact.csv", "id\n1\n")
    crm.prepare()
    crm.con.close()
    crm.con = duckdb.connect(tmp_path / "warehouse.duckdb")
    assert crm.rows("select Id from landing.crm__contact") == [("1",)]
    crm.prepare()
    assert crm.rows("select Id from landing.crm__contact") == [("1",)]


def test_a_failed_preparation_leaves_the_former_views(crm: Any) -> None:
    crm.deliver("crm/contact.csv", "id\n1\n")
    crm.prepare()
    crm.declare("web", {"event": {"Id": "varchar"}})
    assert crm.problems("crm", "web")
    assert crm.rows("select Id from landing.crm__contact") == [("1",)]
    assert crm.counts() == (1, 1, 0, 0)


def test_selecting_some_columns_of_parquet_reads_only_those(crm: Any) -> None:
    crm.deliver_parquet("crm/contact.parquet", "select i::varchar as id, 'n' as name, i as wide "
                        "from range(1000) t(i)")  # fmt: skip
    crm.prepare()
    query = "select Name from landing.crm__contact"
    [(_, plan)] = crm.rows(f"explain (format json) {query}")
    assert '"name"' in plan
    assert "wide" not in plan
    assert "regexp_full_match(id" not in plan


def test_a_million_rows_of_parquet_are_ready_at_once(crm: Any) -> None:
    crm.deliver_parquet("crm/contact.parquet", "select 'k' || i as id, 'name ' || i as name, "
                        "timestamp '2024-01-01' + interval (i) second as changed "
                        "from range(1000000) t(i)")  # fmt: skip
    start = time.perf_counter()
    crm.prepare()
    assert time.perf_counter() - start < 3
    assert crm.counts() == (1_000_000, 1_000_000, 0, 0)
    assert crm.rows("select count(*) from landing.invalid_values") == [(0,)]


lines = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["1", "2", "3", " ", "", "a/b"]), st.text("ab\"',\n", max_size=4))
        .map(lambda row: f'"{row[0]}","{row[1].replace(chr(34), chr(34) * 2)}",2024-01-01')
        .map(str.encode),
        st.binary(max_size=12),
        st.sampled_from(
            [b'1,"x', b"1,\xff,", b"1", b"", b'"1,b,c"', b"1,b,2024-02-31", b'"', b'""']
        ),
    ),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=lines)
def test_landed_is_accepted_quarantined_or_superseded_whatever_the_file_holds(
    crm: Any, lines: list[bytes]
) -> None:
    crm.deliver("crm/contact.csv", b"\n".join([b"id,name,changed", *lines]))
    crm.prepare()
    landed, accepted, quarantined, superseded = crm.counts()
    assert landed == accepted + quarantined + superseded
    assert crm.rows("select count(*) from landing.quarantined_rows") == [(quarantined,)]
    [(keys,)] = crm.rows(
        "select count(distinct Id) from landing.crm__contact where _reason is null"
    )
    assert accepted == keys
