"""What happens to input that is not as it should be: an error that says so, or quarantine."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

SALES = {
    "contact": {
        "Id": ("varchar", {"required": True}),
        "Name": "varchar",
        "Changed": "timestamp",
        "Due": ("date", {"future": True}),
    }
}


@pytest.fixture
def sales(shop: Any) -> Any:
    shop.declare("sales", SALES, contact={"key": ["Id"], "latest_by": ["Changed"]})
    return shop


@pytest.fixture
def party_file(shop: Any, repository: Path) -> Any:
    """Prepares the project's own `files` adapter on a party file."""

    class PartyFile:
        rows = staticmethod(shop.rows)
        counts = staticmethod(shop.counts)

        def read(self, content: str | bytes, name: str = "party_records.csv") -> None:
            shop.deliver(f"files/{name}", content)
            shop.prepare("files", project=repository)

        def problem(self, content: str | bytes) -> str:
            shop.deliver("files/party_records.csv", content)
            [problem] = shop.problems("files", project=repository)
            return problem

    return PartyFile()


def test_a_missing_landing_folder_is_named_with_what_to_do(sales: Any) -> None:
    (sales.landing / "sales").rmdir()
    sales.landing.rmdir()
    [problem] = sales.problems()
    assert str(sales.landing) in problem
    assert "CUSTOMER360_LANDING" in problem


def test_a_missing_system_folder_is_named_with_a_near_name(sales: Any) -> None:
    (sales.landing / "sales").rename(sales.landing / "Sale")
    [problem] = sales.problems()
    assert f"its folder {sales.landing / 'sales'} is missing (did you mean 'Sale'?)" in problem


def test_a_missing_instance_folder_is_named(sales: Any) -> None:
    sales.instances = {"sales": ["jp", "us"]}
    sales.deliver("sales/jp/contact.csv", "Id\n1\n")
    [problem] = sales.problems()
    assert problem.startswith(f"sales/us: the instance's folder {sales.landing / 'sales' / 'us'}")


def test_extracts_of_an_instance_that_is_not_registered_are_not_passed_over(sales: Any) -> None:
    sales.instances = {"sales": ["jp"]}
    sales.deliver("sales/jp/contact.csv", "Id\n1\n")
    sales.deliver("sales/us/contact.csv", "Id\n2\n")
    [problem] = sales.problems()
    assert problem.startswith("sales/us: the folder ")
    assert "the variable instances does not name it" in problem


def test_a_missing_file_is_named_with_what_was_found_instead(sales: Any) -> None:
    sales.deliver("sales/Contatc.csv", "Id\n1\n")
    sales.deliver("sales/readme.txt", "")
    [problem] = sales.problems()
    assert problem.startswith("sales/main/contact: there is no file ")
    assert f"{sales.landing / 'sales' / 'contact'}.csv or .parquet." in problem
    assert "Did you mean 'Contatc.csv'?" in problem
    assert "Found there: Contatc.csv, readme.txt." in problem


def test_an_empty_system_folder_says_that_nothing_was_found(sales: Any) -> None:
    [problem] = sales.problems()
    assert "Found there: nothing." in problem


def test_an_unknown_system_is_an_error_that_names_the_known_ones(sales: Any) -> None:
    [problem] = sales.problems("sale")
    assert "'sale'" in problem
    assert "Did you mean 'sales'? Known systems: sales." in problem


def test_csv_beside_parquet_is_an_error(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Id\n1\n")
    sales.deliver_parquet("sales/contacts.parquet", "select '1' as id")
    [problem] = sales.problems()
    assert "both CSV and Parquet files (sales/Contact.csv, sales/contacts.parquet)" in problem


def test_a_missing_required_column_is_an_error_that_lists_the_columns_found(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Name,ContactId\nAnn,1\n")
    [problem] = sales.problems()
    assert problem == (
        "sales/main/contact: sales/Contact.csv: the required column Id is missing; "
        "columns found: Name, ContactId"
    )


def test_a_missing_optional_column_is_null(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Id\n1\n")
    sales.prepare()
    assert sales.rows("select Name, Changed, Due from landing.sales__contact") == [
        (None, None, None)
    ]


def test_two_columns_for_one_are_an_error(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "id,name,NA-ME\n1,a,b\n")
    [problem] = sales.problems()
    assert "'name' and 'NA-ME' both mean the column Name" in problem


def test_a_column_name_that_occurs_twice_is_an_error(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "id,name,name\n1,a,b\n")
    [problem] = sales.problems()
    assert "sales/Contact.csv: its header names a column twice: 'name'" in problem


def test_an_unreadable_parquet_is_an_error(sales: Any) -> None:
    for content in (b"", b"PAR1 this is no parquet PAR1"):
        sales.deliver("sales/Contact.parquet", content)
        [problem] = sales.problems()
        assert "sales/Contact.parquet is not a readable Parquet file" in problem


def test_a_parquet_column_of_an_impossible_type_is_an_error(sales: Any) -> None:
    sales.deliver_parquet("sales/Contact.parquet", "select '1' as id, [1, 2] as changed")
    [problem] = sales.problems()
    assert "the column changed has type integer[], which cannot become timestamp" in problem


def test_all_problems_of_all_systems_come_in_one_error(sales: Any) -> None:
    sales.declare("web", {"event": {"Id": "varchar"}, "visit": {"Id": "varchar"}})
    sales.deliver("sales/Contact.csv", "Name\nAnn\n")
    problems = sales.problems("sales", "web", "shop")
    assert len(problems) == 4
    assert [word for word in ("'shop'", "contact", "event", "visit") if word in str(problems)] == [
        *("'shop'", "contact", "event", "visit")
    ]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_a_file_without_a_byte_is_an_empty_table(sales: Any, content: bytes) -> None:
    sales.deliver("sales/Contact.csv", content)
    sales.prepare()
    assert sales.rows("from landing.sales__contact") == []
    assert sales.rows("select file, physical_records from landing.deliveries") == [
        ("sales/Contact.csv", 0)
    ]
    assert sales.counts() == (0, 0, 0, 0)


def test_a_header_alone_is_an_empty_table(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Id,Name\r\n")
    sales.prepare()
    assert sales.rows("from landing.sales__contact") == []
    assert sales.counts() == (0, 0, 0, 0)


@pytest.mark.parametrize("blank", ["", " ", "\t", "　", "\u00a0"])
def test_a_blank_key_is_quarantined_with_its_row(sales: Any, blank: str) -> None:
    sales.deliver("sales/Contact.csv", f'Id,Name\n"{blank}",Ann\n2,Bob\n')
    sales.prepare()
    assert sales.rows("from landing.quarantined_rows") == [
        (
            *("sales", "main", "contact", "sales/Contact.csv", 1),
            '{"Id":' + (f'"{blank}"' if blank else "null") + ',"Name":"Ann"}'
            if blank != "\t"
            else '{"Id":"\\t","Name":"Ann"}',
            "usable_key",
            "blank key",
        )
    ]
    assert sales.counts() == (2, 1, 1, 0)


def test_a_null_key_in_parquet_is_quarantined(sales: Any) -> None:
    sales.deliver_parquet(
        "sales/Contact.parquet", "select unnest([null, '1']) as id, unnest(['Ann', 'Bob']) as name"
    )
    sales.prepare()
    assert sales.rows("select payload, reason from landing.quarantined_rows") == [
        ('{"id":null,"name":"Ann"}', "blank key")
    ]


def test_a_duplicate_key_is_superseded_not_lost(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Id,Name\n1,Ann\n1,Ann\n1,Anne\n")
    sales.prepare()
    assert sales.counts() == (3, 1, 0, 2)


@pytest.mark.parametrize(
    "key", ["a/b", "it's", 'say "x"', "two\nlines", "😀", " padded ", "a;b,c", "../../x", "null"]
)
def test_a_key_comes_out_exactly_as_delivered(party_file: Any, key: str) -> None:
    quoted = key.replace('"', '""')
    party_file.read(f'source_key,full_name\n"{quoted}",Ann\n')
    accepted = "from landing.files__party_records where _status = 'accepted'"
    assert party_file.rows(f"select source_key {accepted}") == [(key,)]


def test_invalid_utf_8_quarantines_its_record_only(party_file: Any) -> None:
    party_file.read(b"source_key,full_name\n1,Ann\n2,M\xfcller\n3,Bob\n")
    assert party_file.rows("select row_number, payload, reason from landing.quarantined_rows") == [
        (2, "2,M�ller", "invalid UTF-8")
    ]
    assert party_file.counts() == (3, 2, 1, 0)


def test_a_byte_order_mark_is_no_part_of_the_first_column(party_file: Any) -> None:
    party_file.read("\ufeffsource_key,full_name\n1,田中\n".encode())
    rows = "select source_key, full_name from landing.files__party_records"
    assert party_file.rows(rows) == [("1", "田中")]
    party_file.read("source_key,full_name\n1,田中\n".encode("utf-16"))
    assert party_file.rows(rows) == [("1", "田中")]


def test_an_unterminated_quote_swallows_no_other_line(party_file: Any) -> None:
    lines = [f'{each},"name {each}"' for each in range(1, 9)]
    lines[2] = '3,"name 3'
    party_file.read("\n".join(["source_key,full_name", *lines]))
    assert party_file.rows("select row_number, payload, reason from landing.quarantined_rows") == [
        (3, '3,"name 3', "unterminated quote")
    ]
    assert party_file.counts() == (8, 7, 1, 0)


@pytest.mark.parametrize(("line", "found"), [("2", "1 field"), ("2,a,b", "3 fields")])
def test_a_wrong_number_of_fields_is_quarantined(party_file: Any, line: str, found: str) -> None:
    party_file.read(f"source_key,full_name\n1,Ann\n{line}\n3,Bob\n")
    assert party_file.rows("select payload, reason from landing.quarantined_rows") == [
        (line, f"{found} instead of 2")
    ]
    assert party_file.counts() == (3, 2, 1, 0)


def test_a_slash_in_the_system_of_a_record_is_quarantined_for_it_would_break_the_key(
    party_file: Any,
) -> None:
    party_file.read("source_key,source_system\n1,crm/eu\n2,crm\na/b,crm\n")
    [(reason,)] = party_file.rows("select reason from landing.quarantined_rows")
    assert reason == "source_system must not contain: /"
    assert party_file.counts() == (3, 2, 1, 0)


def test_a_date_that_does_not_exist_is_null_and_reported(party_file: Any) -> None:
    party_file.read("source_key,updated_at\n1,2024-02-31\n")
    assert party_file.rows("select updated_at, _status from landing.files__party_records") == [
        (None, "accepted")
    ]
    assert party_file.rows("from landing.invalid_values") == [
        (
            *("files", "main", "party_records", "files/party_records.csv", 1),
            *("files/main/party/1", "updated_at", "2024-02-31", "not a timestamp"),
        )
    ]


def test_a_time_in_the_future_is_null_and_reported(sales: Any) -> None:
    sales.deliver("sales/Contact.csv", "Id,Changed,Due\n1,2099-01-01T00:00:00Z,2099-01-01\n")
    sales.prepare()
    [(changed, due)] = sales.rows("select Changed, Due::varchar from landing.sales__contact")
    assert (changed, due) == (None, "2099-01-01")
    assert sales.rows("select column_name, value, reason from landing.invalid_values") == [
        ("Changed", "2099-01-01T00:00:00Z", "in the future")
    ]


def test_what_is_in_the_future_is_another_extract_when_time_has_passed(sales: Any) -> None:
    def state(now: datetime) -> str:
        sales.prepare(now=now)
        [(state,)] = sales.rows(
            "select state from landing_raw.view_states where view_name = 'sales__contact'"
        )
        return str(state)

    start, later = datetime(2026, 11, 1, 12, 0), datetime(2026, 11, 9, 12, 0)
    sales.deliver("sales/Contact.csv", "Id,Changed,Due\n1,2026-11-01T00:00:00Z,2099-01-01\n")
    assert state(start) == state(later)
    sales.deliver("sales/Contact.csv", "Id,Changed,Due\n1,2026-11-08T00:00:00Z,2099-01-01\n")
    at_start = state(start)
    assert at_start == state(start)
    assert at_start != state(later)
    assert sales.rows("select count(Changed) from landing.sales__contact") == [(1,)]


def test_a_future_delivery_does_not_win_over_a_credible_one(sales: Any) -> None:
    sales.deliver(
        "sales/Contact.csv", "Id,Name,Changed\n1,broken clock,2099-01-01\n1,ok,2024-01-01\n"
    )
    sales.prepare()
    accepted = "from landing.sales__contact where _status = 'accepted'"
    assert sales.rows(f"select Name {accepted}") == [("ok",)]


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_text_of_a_megabyte_is_read_whole(party_file: Any, is_damaged: bool) -> None:
    text = "長い" * 500_000
    bad_line = '2,"open\n' if is_damaged else ""
    party_file.read(f"source_key,full_name\n1,{text}\n{bad_line}")
    accepted = "from landing.files__party_records where _status = 'accepted'"
    assert party_file.rows(f"select full_name {accepted}") == [(text,)]
    assert party_file.counts() == (1 + is_damaged, 1, is_damaged, 0)


def test_an_unknown_column_of_the_party_file_is_an_error_that_names_it(party_file: Any) -> None:
    problem = party_file.problem("source_key,e-mail,_airbyte_raw_id\n1,a@x.jp,z\n")
    assert (
        "files/party_records.csv: unknown column 'e-mail'; known columns: source_system" in problem
    )
    assert "_airbyte_raw_id" not in problem.split(";")[0]


def test_an_unknown_kind_of_party_is_quarantined(party_file: Any) -> None:
    party_file.read("source_key,party_type\n1,Person\n2,company\n3,\n4,ORGANIZATION\n")
    assert party_file.rows("select row_number, reason from landing.quarantined_rows") == [
        (2, "party_type is not one of: person, organization")
    ]
    assert party_file.counts() == (4, 3, 1, 0)


def test_a_key_of_the_wrong_type_is_quarantined_with_that_reason(shop: Any) -> None:
    shop.declare("web", {"event": {"Id": "bigint"}}, event={"key": ["Id"]})
    shop.deliver("web/event.csv", "id\n1\nx\n")
    shop.prepare()
    assert shop.rows("select payload, reason from landing.quarantined_rows") == [
        ('{"id":"x"}', "the key Id is not a whole number")
    ]
