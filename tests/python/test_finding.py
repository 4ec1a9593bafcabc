"""Finding a party by an identifier, and what is typed made comparable in SQL alone."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from customer360.finding_functions import finding_functions
from customer360.standardise.kana import fold_characters
from customer360.standardise.names import parse_person_name
from customer360.standardise.organizations import parse_organization_name
from customer360.written_forms import written_form_macros
from tests.python.test_published_functions import TABLES


@pytest.fixture(scope="module")
def forms() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(written_form_macros())
        yield con


@pytest.mark.parametrize(
    "text",
    [
        "髙橋 たろう ﾀﾅｶ ＡＢＣ",
        "ﾀﾞｲｽｹ ﾊﾟｰｸ ヴ",
        "渡邉 﨑 齋藤 澤",
        "Ｍüller　Straße",
        "ＴＡＮＡＫＡ・ゑい 〇一",
        "葛\ufe00城",
        "Иванов Άννα 김민수",
    ],
)
def test_characters_are_folded_as_the_build_folds_them(
    forms: duckdb.DuckDBPyConnection, text: str
) -> None:
    folded = forms.execute("select folded_characters(?::varchar)", [text]).fetchall()
    assert folded == [(fold_characters(text),)]


def spelled(con: duckdb.DuckDBPyConnection, name: str) -> list[set[str]]:
    """The forms of each word of a name under which it is looked up."""
    ((words,),) = con.execute(
        "with a as materialized (select written_form(?::varchar) as written)"
        " select list_transform(string_split(latin_form(written), ' '), lambda w: spellings(w))"
        " from a",
        [name],
    ).fetchall()
    return [set(forms) for forms in words]


@pytest.mark.parametrize(
    "name",
    [
        "タナカ タロウ",
        "たなか　たろう 様",
        "ｵｵﾉ ｼﾞｭﾝ",
        "シンバシ キョウコ",
        "ハットリ チャン",
        "マッチ ユウコ",
        "Ohno Jyunko",
        "SATOH Tyuya",
        "Huzita Siro",
        "Mueller Anja",
        "Müller Jörg",
        "Dr. Łukasz Sørensen Jr.",
        "Иванова Мария",
        "Достоевский Фёдор",
        "Παπαδόπουλος Άννα",
        "이 민수",
        "O'Brien Seán",
    ],
)
def test_words_have_the_keys_that_the_build_gives_them(
    forms: duckdb.DuckDBPyConnection, name: str
) -> None:
    parsed = parse_person_name(name)
    keys = {*parsed.family_keys, *parsed.given_keys}
    missing = [word for word in spelled(forms, name) if not word & keys]
    assert missing == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("株式会社山田建設", "山田建設"),
        ("㈱アクメ", "アクメ"),
        ("ﾔﾏﾀﾞ(ｶ", "ヤマダ"),
        ("Acme Brik Co., Ltd.", "acme brik"),
        ("Acme K.K.", "acme"),
        ("Tanaka-san", "tanaka"),
        ("田中先生", "田中"),
        ("Inc", "inc"),
        ("!!", ""),
    ],
)
def test_what_is_no_name_is_left_out(
    forms: duckdb.DuckDBPyConnection, typed: str, written: str
) -> None:
    assert forms.execute("select written_form(?::varchar)", [typed]).fetchall() == [(written,)]


def test_a_company_is_looked_up_under_a_word_that_the_build_knows(
    forms: duckdb.DuckDBPyConnection,
) -> None:
    for name in ("Henderson Foods GmbH", "ヤマダフーズ株式会社", "(株)原商事"):
        parsed = parse_organization_name(name)
        assert parsed is not None
        ((written,),) = forms.execute("select written_form(?::varchar)", [name]).fetchall()
        known = {*parsed.keys, *parsed.words}
        looked_up = set[str]().union(set(written.split()), *spelled(forms, name))
        assert looked_up & known, name


@pytest.fixture(params=[False, True], ids=["restricted", "open"])
def con(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.execute(finding_functions(is_open=request.param))
        yield connection


@pytest.fixture
def restricted() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.execute(finding_functions(is_open=False))
        yield connection


def resolve(con: duckdb.DuckDBPyConnection, kind: str | None, key: str) -> list[tuple[Any, ...]]:
    return con.execute("select gpid, record_key from resolve(?, ?)", [kind, key]).fetchall()


def test_numbers_and_keys_resolve_in_both_files(con: duckdb.DuckDBPyConnection) -> None:
    assert resolve(con, "crm", "a") == [("P1", "crm/a")]
    assert resolve(con, "record", "crm/d") == [("P2", "crm/d")]
    assert resolve(con, "order", " 1001 ") == [("P1", "crm/a"), ("P2", "crm/d")]
    assert resolve(con, "case", "7") == [("P2", "crm/d")]
    assert resolve(con, "gpid", "P9") == resolve(con, "gpid", "P1")
    assert len(resolve(con, "gpid", "P1")) == 3
    assert resolve(con, "crm", "no such key") == []
    ((party_type, probability),) = con.execute(
        "select party_type, match_probability from resolve('crm', 'o')"
    ).fetchall()
    assert (party_type, probability) == ("organization", 1.0)


def test_an_order_of_nobody_is_there_without_a_party(con: duckdb.DuckDBPyConnection) -> None:
    assert resolve(con, "order", "1002") == [(None, None)]


@pytest.mark.parametrize("kind", ["emial", None])
def test_a_kind_that_there_is_not_is_an_error(
    con: duckdb.DuckDBPyConnection, kind: str | None
) -> None:
    with pytest.raises(duckdb.Error, match="knows no kind of identifier and no source system"):
        resolve(con, kind, "x")


@pytest.mark.parametrize(
    ("kind", "key", "parties"),
    [
        ("email", " Ann@Example.com", ["P1", "P2"]),
        ("email", "ａｎｎ@example.com", ["P1", "P2"]),
        ("phone", "+81 (0)90-1234-5678", ["P1"]),
        ("phone", "090-1234-5678", ["P1"]),
        ("phone", "０９０ー１２３４ー５６７８", ["P1"]),
        ("phone", "0081 90 1234 5678", ["P1"]),
        ("phone", "819012345678", ["P1"]),
        ("phone", "(212) 555-0147 ext. 12", ["P2"]),
        ("phone", "1-212-555-0147", ["P2"]),
        ("phone", "555-0147", []),
        ("loyalty_number", "GOLD-17", ["P2"]),
        ("device", "cookie-1", ["P1"]),
        ("device", "cookie-2", []),
        ("device", "cookie-3", ["P1", "P2"]),
    ],
)
def test_identifiers_resolve_as_people_type_them(
    restricted: duckdb.DuckDBPyConnection, kind: str, key: str, parties: list[str]
) -> None:
    assert [gpid for gpid, _ in resolve(restricted, kind, key)] == parties


def test_a_device_has_parties_and_no_record(restricted: duckdb.DuckDBPyConnection) -> None:
    rows = restricted.execute("from resolve('device', 'cookie-1')").fetchall()
    assert rows == [("P1", None, "person", None)]


@pytest.mark.parametrize("kind", ["email", "phone", "device"])
def test_the_open_file_says_that_it_has_no_personal_identifiers(kind: str) -> None:
    with duckdb.connect() as con:
        con.execute(TABLES)
        con.execute("drop table party_identifiers")
        con.execute(finding_functions(is_open=True))
        with pytest.raises(duckdb.Error, match=r"ask customer360_restricted\.duckdb"):
            resolve(con, kind, "ann@example.com")
        with pytest.raises(duckdb.Error, match=r"are in customer360_restricted\.duckdb only"):
            resolve(con, "loyalty_number", "gold-17")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # thousands of names have nearly the same letters as the common word
        ("Morwau Construction", "Moreau Construction"),
        ("Moreau Constuction", "Moreau Construction"),
        # more given names begin like this than are looked at one by one
        ("Moreau Mir", "Moreau Mirabelle"),
    ],
)
def test_a_crowd_with_a_common_word_hides_nobody(
    restricted: duckdb.DuckDBPyConnection, typed: str, found: str
) -> None:
    restricted.execute(
        """
        create temp table named as
        select 'PC' || i as gpid, 'organization' as party_type, 'Zq' || i || ' Construction' as name
        from range(4000) as t(i)
        union all
        select 'PM' || i, 'person', 'Mir' || md5(i::varchar)[:6] || ' Smith' from range(400) as t(i)
        union all
        values ('PX', 'organization', 'Moreau Construction'), ('PY', 'person', 'Moreau Mirabelle');
        insert into party_search_terms by name
        select gpid, case party_type when 'person' then 'family name' else 'company' end as field,
            term, 1 as record_count
        from (
            select gpid, party_type, unnest(string_split(lower(name), ' ')) as term from named
            union all
            select gpid, party_type, replace(lower(name), ' ', '') from named
        );
        insert into party_search_words by name
        select row_number() over (order by term) as term_number, term, count(*) as party_count
        from party_search_terms group by term;
        insert into party_search_grams
        select unnest(search_grams(term)) as gram, term_number from party_search_words;
        insert into dim_party by name
        select gpid, party_type, name as display_name, 1 as source_record_count from named;
        """
    )
    ((best,),) = restricted.execute(
        "select display_name from search_party(?) limit 1", [typed]
    ).fetchall()
    assert best == found
