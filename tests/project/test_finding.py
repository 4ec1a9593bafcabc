"""Finding people in the demo by what somebody types: scripts, slips, parts, numbers, ranking."""

from typing import Any

import duckdb
import pytest

from tests.project.builds import Customer360


def search(project: Customer360, text: str, *, restricted: bool = True) -> list[dict[str, Any]]:
    name = "customer360_restricted.duckdb" if restricted else "customer360.duckdb"
    with duckdb.connect(str(project.home / "published" / name), read_only=True) as con:
        found = con.execute("from search_party(?)", [text])
        columns = [column for column, *_ in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def one(project: Customer360, sql: str) -> Any:
    ((value,),) = project.query(sql, restricted=True)
    return value


@pytest.mark.parametrize(
    "text",
    [
        "田中太郎",
        "田中 太郎 様",
        "タナカタロウ",
        "ﾀﾅｶ ﾀﾛｳ",
        "たなか　たろうさん",
        "TANAKA Taro",
        "taro tanaka",
        "Mr Taro Tanaka",
        "Tanaka, Taroh",
        # slips
        "tanka taro",
        "tnaaka taro",
        "Tanaka Tarp",
        "タナガ タロウ",
    ],
)
def test_the_same_name_is_found_in_any_script_order_and_with_a_slip(
    demo: Customer360, text: str
) -> None:
    wanted = {
        gpid
        for (gpid,) in demo.query(
            "select gpid from dim_party where replace(display_name, ' ', '') = '田中太郎'",
            restricted=True,
        )
    }
    found = search(demo, text)
    assert len(wanted) == 2
    assert {row["gpid"] for row in found[:2]} == wanted
    assert found[0]["score"] > 0.8
    assert found[0]["matched_on"] == "family name, given name"
    # those with one of the two names come after
    assert all(row["score"] < found[1]["score"] for row in found[2:])


def test_who_is_known_in_latin_letters_only_is_found_by_kanji(demo: Customer360) -> None:
    kanji, gpid = demo.query(
        """
        select any_value(written.term || given.term), any_value(latin.gpid)
        from party_search_terms as latin
        inner join party_search_words as written on list_contains(written.readings, latin.term)
        inner join party_search_terms as latin_given
            on latin.gpid = latin_given.gpid and latin_given.field = 'given name'
        inner join party_search_words as given on list_contains(given.readings, latin_given.term)
        where latin.field = 'family name' and length(written.term) = 2 and length(given.term) = 2
            and latin.gpid not in (
                select gpid from party_search_terms where regexp_matches(term, '[^ -~]')
            )
        group by latin.gpid
        order by latin.gpid
        limit 1
        """,
        restricted=True,
    )[0]
    assert gpid in [row["gpid"] for row in search(demo, kanji)]


def test_companies_are_found_by_parts_without_legal_form_and_misspelt(demo: Customer360) -> None:
    for text in ("Acme Brik", "ACME Brick Inc.", "brick acme", "acme"):
        best = search(demo, text)[0]
        assert best["display_name"].startswith("Acme Bri"), text
        assert (best["party_type"], best["matched_on"]) == ("organization", "company")
    for text in ("株式会社原商事", "(株)原商事", "原商事", "hara shoji", "はらしょうじ"):
        assert "原商事" in search(demo, text)[0]["display_name"], text


def test_exact_names_come_before_similar_ones(demo: Customer360) -> None:
    scores = [row["score"] for row in search(demo, "Henderson")]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    similar = search(demo, "Hendersn")
    # one party was once typed Hendersno, which is as near
    assert {row["found"] for row in similar[:6]} == {"henderson", "hendersno"}
    assert similar[0]["score"] < 1.0


def test_addresses_and_numbers_are_found_in_parts(demo: Customer360) -> None:
    gpid, email = demo.query(
        "select gpid, value from party_contact_point where channel = 'email'"
        " and regexp_full_match(value, '[a-z]+[.][a-z]{5,}@.*') order by value limit 1",
        restricted=True,
    )[0]
    local = email.split("@")[0]
    assert (search(demo, email.upper())[0]["gpid"], search(demo, email)[0]["score"]) == (gpid, 1.0)
    for part in (f"{local}@", f"{local}@elsewhere.example.net", local[1:] + "@"):
        assert gpid in [row["gpid"] for row in search(demo, part)], part
    gpid, phone = demo.query(
        "select gpid, value from party_contact_point where channel = 'phone'"
        " and regexp_full_match(value, '[+]8160[0-9]{8}') order by value limit 1",
        restricted=True,
    )[0]
    national = "0" + phone.removeprefix("+81")
    whole = search(demo, f"{national[:3]}-{national[3:7]}-{national[7:]}")
    assert (whole[0]["gpid"], whole[0]["matched_on"], whole[0]["score"]) == (gpid, "phone", 1.0)
    assert gpid in [row["gpid"] for row in search(demo, national[3:])]
    assert gpid in [row["gpid"] for row in search(demo, f"{national[3:7]}-{national[7:]}")]


@pytest.mark.parametrize("restricted", [True, False], ids=["restricted", "open"])
def test_orders_cases_keys_and_gpids_are_found(demo: Customer360, *, restricted: bool) -> None:
    for kind, sql in (
        ("order", "select order_number, gpid from fct_orders where gpid is not null"),
        ("case", "select case_number, gpid from fct_cases where gpid is not null"),
        ("gpid", "select gpid, gpid from dim_party"),
        ("retired gpid", "select 'P0000000000000001X', '' where false"),
        (
            "sales_cloud key",
            "select source_key, gpid from bridge_party_source"
            " where is_current and source_system = 'sales_cloud'",
        ),
    ):
        for key, gpid in demo.query(f"{sql} order by all limit 1"):
            best = search(demo, key, restricted=restricted)
            assert (kind, gpid) in {(row["matched_on"], row["gpid"]) for row in best}, kind


def test_nothing_is_found_by_nothing(demo: Customer360) -> None:
    for text in ("", "  ", "!!", "qzxqzx wvvwqk"):
        assert search(demo, text) == []
        assert search(demo, text, restricted=False) == []


def test_the_open_file_finds_organizations_and_no_person_by_name(demo: Customer360) -> None:
    best = search(demo, "Acme Brik", restricted=False)[0]
    assert best["party_type"] == "organization"
    assert "found" not in best
    for text in ("田中太郎", "Tanaka Taro"):
        assert [
            r for r in search(demo, text, restricted=False) if r["party_type"] == "person"
        ] == []
    with pytest.raises(duckdb.Error, match="no e-mail addresses"):
        search(demo, "t.tanaka@example.com", restricted=False)
    tables = {name for (name,) in demo.query("select table_name from duckdb_tables()")}
    assert not {name for name in tables if name.startswith(("party_search", "party_identifiers"))}


def test_what_is_typed_and_what_is_indexed_are_cut_into_the_same_pieces(demo: Customer360) -> None:
    different = one(
        demo,
        """
        select count(*) from (
            select term_number, unnest(search_grams(term)) as gram from party_search_words
        ) as pieces
        full outer join party_search_grams as indexed
            on pieces.term_number = indexed.term_number and pieces.gram = indexed.gram
        where pieces.gram is null or indexed.gram is null
        """,
    )
    assert different == 0
    assert one(demo, "select count(*) from party_search_grams") > 10_000


def test_the_index_is_read_in_order(demo: Customer360) -> None:
    for table, column in (
        ("dim_party", "gpid"),
        ("party_search_terms", "term"),
        ("party_search_words", "term_number"),
        ("party_search_grams", "gram"),
    ):
        disorder = f"""
            select count(*) from (
                select {column} < lag({column}) over (order by rowid) as is_lower from {table}
            ) where is_lower
        """
        assert one(demo, disorder) == 0, table


def test_every_identifier_of_a_record_resolves_to_its_party(demo: Customer360) -> None:
    for kind, key, gpid in demo.query(
        """
        select identifier_type, value, gpid
        from party_identifiers
        qualify row_number() over (partition by identifier_type order by hash(value), gpid) <= 5
        """,
        restricted=True,
    ):
        with duckdb.connect(
            str(demo.home / "published" / "customer360_restricted.duckdb"), read_only=True
        ) as con:
            found = con.execute("select gpid from resolve(?, ?)", [kind, key]).fetchall()
        assert (gpid,) in found, kind
