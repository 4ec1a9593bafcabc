"""E-mails, addresses, birth dates, companies and countries: what holds for every text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.standardise.addresses import parse_address, split_city
from customer360.standardise.birth_dates import parse_birth_date
from customer360.standardise.countries import parse_country
from customer360.standardise.emails import parse_email
from customer360.standardise.organizations import parse_organization_name

texts = st.one_of(st.none(), st.text(max_size=40))
TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1900, 1, 2), TODAY)


@given(texts)
def test_no_text_breaks_an_email(text: str | None) -> None:
    found = parse_email(text)
    if found is not None:
        again = parse_email(found.address)
        assert again is not None
        assert again.address == found.address


@given(texts, texts, texts, texts, texts)
def test_no_text_breaks_an_address(
    street: str | None,
    locality: str | None,
    region: str | None,
    postal_code: str | None,
    country_code: str | None,
) -> None:
    parse_address(street, locality, region, postal_code, country_code)


@given(
    st.text(st.sampled_from("東京都渋谷区神南一丁目19番11号市町村郡-ー 字のノケ二十"), max_size=20)
)
def test_no_japanese_text_breaks_an_address(text: str) -> None:
    found = parse_address(text)
    assert found is None or found.number is None or not set(found.number) - set("0123456789-")


@given(texts)
def test_no_text_breaks_a_company(text: str | None) -> None:
    found = parse_organization_name(text)
    if found is not None:
        assert found.name
        assert found.keys
        assert list(found.keys) == sorted(set(found.keys))


@given(texts)
def test_no_text_breaks_a_birth_date(text: str | None) -> None:
    found = parse_birth_date(text, TODAY)
    assert found is None or found <= TODAY


@given(DAYS)
def test_every_way_to_write_a_day_gives_that_day(day: date) -> None:
    for text in (
        day.isoformat(),
        day.strftime("%Y%m%d"),
        day.strftime("%Y/%m/%d"),
        day.strftime("%d.%m.%Y"),
        day.strftime("%m/%d/%Y"),
        day.strftime("%d %B %Y"),
        day.strftime("%b %d, %Y"),
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert parse_birth_date(text, TODAY) == day, text


@given(st.dates(date(1926, 12, 25), date(1989, 1, 7)))
def test_showa_dates_are_counted_from_1925(day: date) -> None:
    for text in (
        f"昭和{day.year - 1925}年{day.month}月{day.day}日",
        f"S{day.year - 1925:02}.{day.month}.{day.day}",
        f"S{day.year - 1925:02}{day.month:02}{day.day:02}",
    ):
        assert parse_birth_date(text, TODAY) == day, text


@given(st.dates(date(1927, 1, 1), TODAY))
def test_two_digit_years_lie_in_the_last_hundred_years(day: date) -> None:
    assert parse_birth_date(day.strftime("%d.%m.%y"), TODAY) == day


def test_tomorrow_is_no_birth_date() -> None:
    assert parse_birth_date("2026-11-22", TODAY) == TODAY
    assert parse_birth_date("2026-11-23", TODAY) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("JP", "JP"), ("jpn", "JP"), ("日本", "JP"), ("UK", "GB"), ("U.S.A.", "US"),
        ("Deutschland", "DE"), ("Côte d'Ivoire", "CI"), ("The Netherlands", "NL"),
        ("アメリカ合衆国", "US"), ("Österreich", "AT"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_countries_are_known_by_code_and_name(text: str, code: str | None) -> None:
    assert parse_country(text) == code


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("四日市市諏訪町", "四日市市"), ("市川市八幡", "市川市"), ("町田市原町田", "町田市"),
        ("東村山市本町", "東村山市"), ("大和郡山市北郡山町", "大和郡山市"),
        ("郡上市八幡町", "郡上市"), ("都城市上町", "都城市"),
        ("余市郡余市町黒川町", "余市郡余市町"), ("横浜市西区高島", "横浜市西区"),
        ("廿日市市下平良", "廿日市市"), ("郡山市朝日", "郡山市"), ("蒲郡市旭町", "蒲郡市"),
        ("村山市中央", "村山市"), ("世田谷区太子堂", "世田谷区"), ("十日町市千歳町", "十日町市"),
        ("小郡市小郡", "小郡市"), ("大町市大町", "大町市"), ("野々市市三納", "野々市市"),
    ],
)  # fmt: skip
def test_a_municipality_ends_where_its_name_ends(text: str, city: str) -> None:
    assert split_city(text)[0] == city
