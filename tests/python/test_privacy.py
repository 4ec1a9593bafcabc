"""Classes of columns, and which record keys are personal."""

import duckdb
import pytest

from customer360.privacy import (
    ColumnClass,
    OpenForm,
    PersonalKeys,
    PrivacyClass,
    PrivacyError,
    TableClass,
    open_columns,
)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ({}, "t.c has no class; give it one in its YAML"),
        ({"privacy": "Direct"}, "t.c has the class 'Direct'"),
        ({"privacy": "direct", "open": "as_is"}, "t.c is direct, so it cannot be published with"),
        ({"privacy": "direct", "open": "key"}, "possible: token"),
        ({"privacy": "sensitive", "open": "token"}, "leave that out"),
        ({"privacy": "none", "open": "as_is"}, "leave that out"),
        ({"privacy": "quasi", "open": "coarse"}, "possible: as_is, key, of_organizations"),
    ],
)
def test_a_class_that_is_missing_unknown_or_contradictory_is_named(
    meta: dict[str, str], message: str
) -> None:
    with pytest.raises(PrivacyError) as error:
        ColumnClass.of("t.c", meta)
    assert message in str(error.value)


def test_the_open_file_gets_each_column_in_its_form() -> None:
    classes = {
        "record_key": ColumnClass(PrivacyClass.QUASI, OpenForm.KEY),
        "record_keys": ColumnClass(PrivacyClass.QUASI, OpenForm.KEY),
        "source_key": ColumnClass(PrivacyClass.QUASI, OpenForm.SOURCE_KEY),
        "party_type": ColumnClass(PrivacyClass.NONE),
        "birth_date": ColumnClass(PrivacyClass.QUASI),
        "birth_year": ColumnClass(PrivacyClass.QUASI, OpenForm.AS_IS),
        "cookie": ColumnClass(PrivacyClass.DIRECT, OpenForm.TOKEN),
        "name": ColumnClass(PrivacyClass.DIRECT),
        "national_id": ColumnClass(PrivacyClass.SENSITIVE),
        "employer": ColumnClass(PrivacyClass.QUASI, OpenForm.OF_ORGANIZATIONS),
    }
    with duckdb.connect() as con:
        con.execute("create macro privacy_token(value) as '<' || value || '>'")
        con.execute(
            """
            create table t as
            select
                'pos/main/customer/0312345678' as record_key,
                ['crm/main/contact/1', 'pos/main/customer/2'] as record_keys,
                '0312345678' as source_key, 'person' as party_type, date '1979-05-21' as birth_date,
                1979 as birth_year, 'guf1' as cookie, 'Jo' as name, '1234' as national_id,
                'Acme' as employer
            union all by name
            select 'crm/main/account/9' as record_key, '9' as source_key,
                'organization' as party_type, 'Acme' as employer
            """
        )
        relation = con.table("t")
        columns = open_columns(
            "t", relation, relation.columns, TableClass(classes), PersonalKeys(["pos/*/customer"])
        )
        result = con.execute(f"select {', '.join(columns)} from t order by record_key desc")
        names = [column[0] for column in result.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    assert rows == [
        {
            "record_key": "pos/main/customer/<pos/main/customer/0312345678>",
            "record_keys": ["crm/main/contact/1", "pos/main/customer/<pos/main/customer/2>"],
            "source_key": "<pos/main/customer/0312345678>",
            "party_type": "person",
            "birth_year": 1979,
            "cookie": "<guf1>",
            "employer": None,
        },
        {
            "record_key": "crm/main/account/9",
            "record_keys": None,
            "source_key": "9",
            "party_type": "organization",
            "birth_year": None,
            "cookie": None,
            "employer": "Acme",
        },
    ]


def test_a_table_without_an_open_column_says_so_in_its_yaml() -> None:
    classes = TableClass({"name": ColumnClass(PrivacyClass.DIRECT)})
    with duckdb.connect() as con, pytest.raises(PrivacyError, match="published: restricted"):
        relation = con.sql("select 'Jo' as name")
        open_columns("t", relation, ["name"], classes, PersonalKeys([]))


@pytest.mark.parametrize(
    ("key", "is_personal"),
    [
        ("pos/main/customer/0312345678", True),
        ("pos/west/customer/A1", True),
        ("pos/main/receipt/A1", False),
        ("pos.2/main/x/A1", True),
        ("posx2/main/x/A1", False),
        ("crm/main/contact/jo@example.com", True),
        ("crm/main/pos/main/customer/1", False),
    ],
)
def test_patterns_say_which_keys_are_personal(key: str, is_personal: bool) -> None:
    sql = PersonalKeys(["pos/*/customer", "pos.2/*/*"]).token("key")
    with duckdb.connect() as con:
        con.execute("create macro privacy_token(value) as 'token'")
        ((form,),) = con.execute(f"select {sql} from (select ? as key)", [key]).fetchall()
    assert form == ("/".join([*key.split("/")[:3], "token"]) if is_personal else key)
