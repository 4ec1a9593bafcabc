from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import pytest
import yaml

from customer360.demo.contact_details import (
    PLACEHOLDER_NAMES,
    PLACEHOLDER_PHONES,
    PhoneBook,
    write_phone,
)
from customer360.demo.dice import Dice
from customer360.demo.japanese_names import GIVEN_NAMES as JAPANESE_GIVEN
from customer360.demo.japanese_names import SURNAMES as JAPANESE_SURNAMES
from customer360.demo.kana import half_width, hiragana, romaji
from customer360.demo.places import TOWNS
from customer360.demo.western_names import GIVEN_NAMES, NICKNAMES, SURNAMES

Rows = list[dict[str, object]]
Load = Callable[[str], Rows]

PARTY_TABLES = {
    "sales_cloud/Account": ("PersonEmail", "Phone PersonMobilePhone PersonHomePhone"),
    "sales_cloud/Contact": ("Email", "Phone MobilePhone HomePhone"),
    "sales_cloud/Lead": ("Email", "Phone MobilePhone"),
    "service_cloud/account": ("person_email", "phone person_mobile_phone person_home_phone"),
    "marketing_cloud/_Subscribers": ("EmailAddress", ""),
    "marketing_cloud/Contacts": ("EmailAddress", "Phone"),
    "commerce_cloud/jp/customers": ("email", "phoneHome phoneMobile"),
    "commerce_cloud/us/customers": ("email", "phone_home phone_mobile"),
    "commerce_cloud/jp/orders": ("customerEmail", "billingPhone"),
    "commerce_cloud/us/orders": ("customer_email", "billing_phone"),
    "payments/customer": ("email", "phone"),
    "files/party_records": ("emails", "phones"),
}

RESERVED_DOMAIN = re.compile(r"@([a-z0-9-]+\.)*example\.(com|org|net|jp)$")
# E.164, see customer360.demo.contact_details
JAPANESE_AREAS = "|".join(sorted({town.area_code[1:] for town in TOWNS["JP"]}))
RESERVED_PHONE = re.compile(
    rf"""\+81609\d{{7}}$
    |(?=\+81\d{{9}}$)\+81({JAPANESE_AREAS})1\d+$
    |\+1\d{{3}}55501\d\d$
    |\+44(207946|1(13|14|16|17|18|21|31|41|51|61)4960|1914980|292018)\d+$
    |\+49(3023125|4066969|6990009|2214710|8999998|17139200|176040690)\d+$
    |\+33(19900|26191|35301|46571|53649)\d{{4}}$
    """,
    re.VERBOSE,
)


# -- nobody real ----------------------------------------------------------------------------


def test_every_email_domain_is_reserved(rows: Load) -> None:
    seen = 0
    for name, (column, _) in PARTY_TABLES.items():
        for row in rows(name):
            if row[column]:
                seen += 1
                assert RESERVED_DOMAIN.search(str(row[column]).lower()), (name, row[column])
    assert seen > 4000


def test_every_phone_is_a_placeholder_or_a_valid_number_of_nobody(rows: Load) -> None:
    seen = 0
    for name, (_, columns) in PARTY_TABLES.items():
        for row in rows(name):
            for column in columns.split():
                for written in str(row[column] or "").split(";"):
                    if written and written not in PLACEHOLDER_PHONES:
                        seen += 1
                        assert _is_fictitious(written), (name, written)
    assert seen > 4000


def _is_fictitious(written: str) -> bool:
    text = unicodedata.normalize("NFKC", written).replace("内線", "x")
    for country in ("JP", "US", "GB", "DE", "FR"):
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if RESERVED_PHONE.match(e164):
                return True
    return False


@pytest.mark.parametrize("country", ["JP", "US", "GB", "DE", "FR"])
def test_a_number_reads_back_from_every_spelling(country: str) -> None:
    phones = PhoneBook(seed=1)
    for town in TOWNS[country]:
        for number in (phones.landline(town), phones.mobile(country, town)):
            spellings = set()
            for attempt in range(30):
                written = write_phone(number, country, Dice("spelling", attempt))
                text = unicodedata.normalize("NFKC", written)
                parsed = phonenumbers.parse(text, country)
                assert phonenumbers.is_valid_number(parsed), (number, written)
                spellings.add(phonenumbers.format_number(parsed, 0))
            assert len(spellings) == 1


def test_numbers_are_not_handed_out_twice() -> None:
    phones = PhoneBook(seed=5)
    town = TOWNS["JP"][0]
    numbers = [phones.landline(town) for _ in range(3000)]
    numbers += [phones.mobile("JP", town) for _ in range(3000)]
    assert len(set(numbers)) == 6000


# -- dirt -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "column", "pattern"),
    [
        ("service_cloud/account", "last_name", r"^[ｦ-ﾟ]+$"),
        ("service_cloud/account", "last_name", r"^[ァ-ー]+$"),
        ("service_cloud/account", "person_mobile_phone", r"^[０-９－]+$"),
        ("commerce_cloud/jp/customers", "lastName", r"^[ぁ-ん]+$"),
        ("commerce_cloud/jp/customers", "lastName", r"^[A-Z]{4,}$"),
        ("commerce_cloud/jp/customers", "lastName", r"[髙﨑邊𠮷齋齊濱櫻嶋]"),
        ("commerce_cloud/jp/customers", "c_lastNameKana", r"^[ァ-ー]+$"),
        ("commerce_cloud/jp/customers", "birthday", r"^1900-01-01$"),
        ("commerce_cloud/jp/orders", "customerName", r"^Guest$"),
        ("commerce_cloud/jp/orders", "customerName", r"^[一-龠]{3,6}$"),
        ("commerce_cloud/jp/orders", "billingPhone", r"^0000000000$"),
        ("commerce_cloud/jp/customer_addresses", "address1", r"丁目"),
        ("commerce_cloud/jp/customer_addresses", "postalCode", r"^〒"),
        ("commerce_cloud/us/customers", "last_name", r"[äöüéèß]"),
        ("commerce_cloud/us/customers", "last_name", r" Jr\.$"),
        ("marketing_cloud/Contacts", "FirstName", r"[ūō]"),
        ("files/party_records", "birth_date", r"^昭和"),
        ("files/party_records", "full_name", r" 様$"),
        ("files/party_records", "is_deleted", r"^true$"),
        ("sales_cloud/Contact", "Email", r"^info@"),
        ("sales_cloud/Contact", "Phone", r"内線"),
        ("sales_cloud/Account", "Name", r"㈱"),
        ("sales_cloud/Lead", "Email", r"^(test|noemail|dummy)@"),
        ("marketing_cloud/_Subscribers", "SubscriberKey", r"^003"),
        ("marketing_cloud/_Subscribers", "SubscriberKey", r"^00Q"),
        ("marketing_cloud/_Subscribers", "SubscriberKey", r"@"),
        ("marketing_cloud/_Subscribers", "SubscriberKey", r"^EXT-"),
    ],
)
def test_dirt_of_this_kind_is_there(rows: Load, name: str, column: str, pattern: str) -> None:
    assert any(re.search(pattern, str(row[column])) for row in rows(name))


def test_placeholder_names_occur_and_stay_rare(rows: Load) -> None:
    names = [str(row["last_name"]) for row in rows("service_cloud/account")]
    assert 0 < len([name for name in names if name in PLACEHOLDER_NAMES]) < len(names) * 0.05


def test_deleted_records_are_not_in_the_truth_and_merged_ones_are(
    rows: Load, truth: dict[str, str]
) -> None:
    deleted = [row for row in rows("sales_cloud/Contact") if row["IsDeleted"] == "true"]
    merged = [row for row in deleted if row["MasterRecordId"]]
    assert merged and len(merged) < len(deleted)
    for row in deleted:
        is_true = f"sales_cloud/main/contact/{row['Id']}" in truth
        assert is_true == bool(row["MasterRecordId"])


def test_about_half_of_the_people_are_japanese(rows: Load) -> None:
    names = [f"{row['last_name']}{row['first_name']}" for row in rows("service_cloud/account")]
    people = [name for name in names if name]
    japanese = [name for name in people if not name.isascii() and not re.search("[à-ÿßıÉ]", name)]
    assert 0.4 < len(japanese) / len(people) < 0.6


# -- named cases ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cases(landing: Path) -> dict[str, dict[str, object]]:
    text = (landing.parent / "truth" / "known_cases.yml").read_text(encoding="utf-8")
    return {case["name"]: case for case in yaml.safe_load(text)["cases"]}


def test_known_cases_repeat_the_truth(
    cases: dict[str, dict[str, object]], truth: dict[str, str]
) -> None:
    for case in cases.values():
        parties = case["parties"]
        assert isinstance(parties, list)
        assert (len(parties) == 1) == (case["expect"] == "one_party")
        for party in parties:
            keys = [key for key, owner in truth.items() if owner == party["party_id"]]
            assert party["record_keys"] == sorted(keys)
            assert keys


@pytest.mark.parametrize(
    "name",
    [
        "john_doe",
        "tanaka_taro",
        "acme_brick",
        "twins_suzuki",
        "father_and_son",
        "strangers_sato",
        "shared_switchboard",
    ],
)
def test_the_case_is_there_by_name(cases: dict[str, dict[str, object]], name: str) -> None:
    assert name in cases


def _records(case: dict[str, object]) -> dict[str, str]:
    """system/object → key"""
    parties = case["parties"]
    assert isinstance(parties, list)
    found = {}
    for key in parties[0]["record_keys"]:
        system, _, record_object, source_key = key.split("/", 3)
        found[f"{system}/{record_object}"] = source_key
    return found


def test_tanaka_taro_can_be_joined_by_evidence_in_pairs(
    cases: dict[str, dict[str, object]], rows: Load
) -> None:
    keys = _records(cases["tanaka_taro"])
    contact = _row(rows("sales_cloud/Contact"), "Id", keys["sales_cloud/contact"])
    service = _row(rows("service_cloud/account"), "id", keys["service_cloud/account"])
    customer = _row(
        rows("commerce_cloud/jp/customers"), "customerNo", keys["commerce_cloud/customer"]
    )
    subscriber = _row(
        rows("marketing_cloud/_Subscribers"), "SubscriberKey", keys["marketing_cloud/subscriber"]
    )
    assert (contact["LastName"], contact["FirstName"]) == ("田中", "太郎")
    assert service["name"] == "タナカタロウ"
    assert (customer["lastName"], customer["firstName"]) == ("TANAKA", "Taro")
    assert subscriber["EmailAddress"] == customer["email"] == "t.tanaka@example.com"
    assert contact["Birthdate"] == service["person_birthdate"] == customer["birthday"]
    mobiles = {
        phonenumbers.format_number(phonenumbers.parse(unicodedata.normalize("NFKC", text), "JP"), 0)
        for text in (
            str(contact["MobilePhone"]),
            str(service["person_mobile_phone"]),
            str(customer["phoneMobile"]),
        )
    }
    assert len(mobiles) == 1


def test_acme_brick_has_a_misspelt_twin(cases: dict[str, dict[str, object]], rows: Load) -> None:
    parties = cases["acme_brick"]["parties"]
    assert isinstance(parties, list)
    ids = {key.rsplit("/", 1)[1] for key in parties[0]["record_keys"]}
    names = {row["Name"] for row in rows("sales_cloud/Account") if row["Id"] in ids}
    assert names == {"Acme Brick", "Acme Brik Co."}


def test_twins_differ_by_given_name_alone(cases: dict[str, dict[str, object]], rows: Load) -> None:
    parties = cases["twins_suzuki"]["parties"]
    assert isinstance(parties, list)
    twins = []
    for party in parties:
        key = next(key for key in party["record_keys"] if key.startswith("service_cloud"))
        twins.append(_row(rows("service_cloud/account"), "id", key.rsplit("/", 1)[1]))
    one, two = twins
    assert one["last_name"] == two["last_name"]
    assert one["person_birthdate"] == two["person_birthdate"]
    assert one["first_name"] != two["first_name"]
    assert not one["person_mobile_phone"] and not two["person_mobile_phone"]


def _row(table: Rows, column: str, key: str) -> dict[str, object]:
    return [row for row in table if row[column] == key][-1]


# -- names ----------------------------------------------------------------------------------


def test_name_lists_are_long_enough_and_say_nothing_twice() -> None:
    given = [name for names in JAPANESE_GIVEN.values() for name in names]
    assert len(set(JAPANESE_SURNAMES)) == len(JAPANESE_SURNAMES) >= 150
    assert len(set(given)) == len(given) >= 200
    for language in ("en", "de", "fr"):
        assert len(set(SURNAMES[language])) == len(SURNAMES[language]) >= 150
        both = GIVEN_NAMES[language, "m"] + GIVEN_NAMES[language, "f"]
        assert len(set(both)) >= 150
    known = {name for names in GIVEN_NAMES.values() for name in names}
    assert NICKNAMES.keys() <= known


@pytest.mark.parametrize(
    ("kana", "style", "latin"),
    [
        ("タナカ", "hepburn", "Tanaka"),
        ("オオノ", "hepburn", "Ono"),
        ("オオノ", "macron", "Ōno"),
        ("オオノ", "doubled", "Oono"),
        ("オオノ", "passport_oh", "Ohno"),
        ("ユウコ", "hepburn", "Yuko"),
        ("ユウコ", "macron", "Yūko"),
        ("サトウ", "passport_oh", "Satoh"),
        ("シンジ", "kunrei", "Sinzi"),
        ("ハットリ", "hepburn", "Hattori"),
        ("リョウイチ", "hepburn", "Ryoichi"),
        ("ジュンイチ", "hepburn", "Junichi"),
        ("イノウエ", "hepburn", "Inoue"),
        ("マツウラ", "macron", "Matsuura"),
    ],
)
def test_romaji(kana: str, style: str, latin: str) -> None:
    assert romaji(kana, style) == latin


def test_other_kana_fold_back_to_the_name() -> None:
    for name in JAPANESE_SURNAMES:
        assert unicodedata.normalize("NFKC", half_width(name.kana)) == name.kana
        assert half_width(name.kana) != name.kana
        assert hiragana(name.kana) != name.kana
    assert half_width("カジガヤ") == "ｶｼﾞｶﾞﾔ"


def test_dice_follow_their_weights_and_their_name() -> None:
    dice = Dice("weights")
    drawn = [dice.pick_weighted({"often": 0.9, "rarely": 0.1, "never": 0.0}) for _ in range(4000)]
    assert 0.87 < drawn.count("often") / 4000 < 0.93
    assert "never" not in drawn
    assert sorted(Dice("a").shuffled(range(50))) == list(range(50))
    assert Dice("a", 1).letters(20) == Dice("a/1").letters(20) != Dice("a", 2).letters(20)
