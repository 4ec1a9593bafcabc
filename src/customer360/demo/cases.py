"""The named cases: people and companies written by hand, dirt chosen one value at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from customer360.demo.contact_details import PhoneBook
from customer360.demo.dice import Dice
from customer360.demo.kana import KUNREI, PASSPORT_OH
from customer360.demo.ledger import TruthRow
from customer360.demo.organizations import Organization
from customer360.demo.people import Household, NamePart, Person, Population
from customer360.demo.places import TOWNS, Address, Town, new_address
from customer360.demo.plan import Place, Planned

ONE_PARTY = "one_party"
SEPARATE = "separate_parties"


@dataclass(frozen=True, slots=True)
class KnownCase:
    """Parties whose records must become one each: `one_party` has one, the others several."""

    name: str
    expect: str
    description: str
    party_ids: tuple[str, ...]


@dataclass(slots=True)
class CaseBook:
    """Builds the cases; afterwards `people`, `organizations`, `records` and `cases` are filled."""

    seed: int
    phones: PhoneBook
    population: Population
    people: list[Person] = field(default_factory=list)
    organizations: list[Organization] = field(default_factory=list)
    records: list[Planned] = field(default_factory=list)
    cases: list[KnownCase] = field(default_factory=list)

    def build(self) -> None:
        """All named cases."""
        acme, institute = self._companies()
        self._john_doe(acme)
        self._tanaka_taro(institute)
        self._one_party_cases(acme, institute)
        self._families()
        self._strangers()
        self._switchboard(institute)
        self._placeholders()

    # -- companies --------------------------------------------------------------------------

    def _companies(self) -> tuple[Organization, Organization]:
        acme = self._company(
            1, "US", "Acme Brick", "", "acmebrick.example.com", "Springfield", "Manufacturing"
        )
        acme.spellings = {
            "sales_cloud": "Acme Brick",
            "sales_cloud_twin": "Acme Brik Co.",
            "service_cloud": "ACME BRICK CO",
            "files": "Acme Brick Company, Inc.",
        }
        institute = self._company(
            2, "JP", "みなと総研", "株式会社", "minatosoken.example.jp", "港区", "Consulting"
        )
        institute.is_form_first = True
        institute.latin_brand = "Minato Soken"
        institute.spellings = {
            "sales_cloud": "株式会社みなと総研",
            "service_cloud": "㈱みなと総研",
            "files": "Minato Soken Co., Ltd.",
        }
        self.organizations = [acme, institute]
        self._case("acme_brick", "A company and its misspelt twin.", acme.party_id)
        self._case(
            "minato_soken",
            "A company with its legal form in front, abbreviated, and in romaji.",
            institute.party_id,
        )
        return acme, institute

    def _company(
        self,
        number: int,
        country: str,
        brand: str,
        legal_form: str,
        domain: str,
        city: str,
        industry: str,
    ) -> Organization:
        town = self._town(country, city)
        address = self._address(town, f"company {number}", is_office=True)
        return Organization(
            number=number,
            country=country,
            brand=brand,
            legal_form=legal_form,
            latin_brand=brand,
            domain=domain,
            address=address,
            switchboard=self.phones.landline(town),
            industry=industry,
            switchboard_is_shared=True,
        )

    # -- one party each ---------------------------------------------------------------------

    def _john_doe(self, acme: Organization) -> None:
        john = self._person(
            "John", "Doe", date(1981, 3, 14), "US", "Chicago", "john.doe@mail.example.com"
        )
        self._hire(john, acme, "john.doe@acmebrick.example.com", "Purchasing")
        self._record(john, Place.CONTACT, 2019, Email=john.work_email, HomePhone="")
        self._record(john, Place.SERVICE, 2024, person_email="", person_home_phone="")
        self._record(john, Place.CUSTOMER_US, 2022, phoneHome="")
        self._case("john_doe", "John Doe in three systems.", john.party_id)
        other = self._person(
            "John", "Doe", date(1967, 11, 2), "US", "Seattle", "jdoe67@inbox.example.com"
        )
        self._record(other, Place.CUSTOMER_US, 2021, phoneHome="")
        self._record(other, Place.LEAD, 2023)
        self._case(
            "john_doe_and_his_namesake",
            "Two strangers called John Doe.",
            john.party_id,
            other.party_id,
        )

    def _tanaka_taro(self, institute: Organization) -> None:
        taro = self._person(
            "太郎タロウ", "田中タナカ", date(1979, 5, 21), "JP", "渋谷区", "t.tanaka@example.com"
        )
        self._hire(taro, institute, "taro.tanaka@minatosoken.example.jp", "部長")
        # contact–service: mobile, birth date; contact–customer: mobile, address;
        # customer–subscriber: e-mail only, and the subscriber has no name
        self._record(
            taro,
            Place.CONTACT,
            2018,
            LastName="田中",
            FirstName="太郎",
            LastNameKana__c="",
            FirstNameKana__c="",
            Email=taro.work_email,
            HomePhone="",
        )
        self._record(
            taro,
            Place.SERVICE,
            2023,
            name="タナカタロウ",
            last_name="タナカ",
            first_name="タロウ",
            person_email="",
            person_home_phone="",
        )
        self._record(taro, Place.SUBSCRIBER, 2022, SubscriberKey="email")
        self._record(
            taro,
            Place.CUSTOMER_JP,
            2021,
            lastName="TANAKA",
            firstName="Taro",
            c_lastNameKana="",
            c_firstNameKana="",
            phoneHome="",
        )
        self._case(
            "tanaka_taro",
            "田中太郎 / タナカタロウ / t.tanaka@example.com / TANAKA Taro.",
            taro.party_id,
        )
        other = self._person(
            "太郎タロウ", "田中タナカ", date(1992, 8, 30), "JP", "福岡市", "taro92@mail.example.jp"
        )
        self._record(other, Place.CUSTOMER_JP, 2022, phoneHome="")
        self._record(
            other, Place.SERVICE, 2025, last_name="田中", first_name="太郎", name="田中太郎"
        )
        self._case(
            "tanaka_taro_and_his_namesake",
            "Two strangers called 田中太郎.",
            taro.party_id,
            other.party_id,
        )

    def _one_party_cases(self, acme: Organization, institute: Organization) -> None:
        misaki = self._person(
            "美咲ミサキ",
            "伊藤イトウ",
            date(1994, 2, 9),
            "JP",
            "世田谷区",
            "misaki.t@post.example.com",
        )
        misaki.former_family = NamePart("高橋", "タカハシ")
        misaki.married_at = datetime(2023, 6, 10)
        self._record(misaki, Place.CUSTOMER_JP, 2020, phoneHome="")
        self._record(misaki, Place.SERVICE, 2025, person_home_phone="")
        self._record(misaki, Place.GUEST_JP, 2026)
        self._case("changed_surname", "髙橋美咲 has married and is 伊藤美咲.", misaki.party_id)

        laura = self._person(
            "Laura", "Bennett", date(1975, 9, 3), "US", "Portland", "laura.bennett@mail.example.com"
        )
        laura.sex = "f"
        laura.household.former_address = self._address(self._town("US", "Boston"), "laura")
        laura.household.former_landline = self.phones.landline(laura.household.former_address.town)
        laura.household.moved_at = datetime(2024, 3, 1)
        self._record(laura, Place.CUSTOMER_US, 2020, phoneHome="")
        self._record(laura, Place.SERVICE, 2025, person_home_phone="")
        self._record(laura, Place.GUEST_US, 2026)
        self._case("moved_house", "One woman, two addresses, one mobile.", laura.party_id)

        bill = self._person(
            "William", "Baker", date(1963, 12, 1), "US", "Houston", "wbaker63@inbox.example.com"
        )
        self._hire(bill, acme, "w.baker@acmebrick.example.com", "Owner")
        self._record(bill, Place.CONTACT, 2018, Email=bill.work_email, HomePhone="")
        self._record(bill, Place.CUSTOMER_US, 2021, firstName="Bill", phoneHome="")
        self._record(bill, Place.LEAD, 2020, FirstName="Will", IsConverted=False)
        self._case("nickname", "William, Bill and Will Baker.", bill.party_id)

        yuko = self._person(
            "裕子ユウコ",
            "大野オオノ",
            date(1969, 4, 17),
            "JP",
            "横浜市",
            "yuko-ohno@mail.example.jp",
        )
        yuko.sex = "f"
        yuko.romanisation = PASSPORT_OH
        self._hire(yuko, institute, "y.ohno@minatosoken.example.jp", "課長")
        self._record(
            yuko, Place.CONTACT, 2018, LastName="大野", FirstName="裕子", Email=yuko.work_email
        )
        self._record(yuko, Place.SERVICE, 2022, name="ｵｵﾉ ﾕｳｺ", last_name="ｵｵﾉ", first_name="ﾕｳｺ")
        self._record(yuko, Place.CUSTOMER_JP, 2021, lastName="Ohno", firstName="Yuko")
        self._record(
            yuko, Place.FILE, 2026, full_name="Yūko Ōno", given_name="", family_name="",
            name_reading="",
        )  # fmt: skip
        self._case("long_vowels", "大野裕子, ｵｵﾉ ﾕｳｺ, Yuko Ohno, Yūko Ōno.", yuko.party_id)

        shinji = self._person(
            "真二シンジ",
            "渡辺ワタナベ",
            date(1958, 1, 29),
            "JP",
            "仙台市",
            "shinji58@post.example.com",
        )
        shinji.romanisation = KUNREI
        self._record(shinji, Place.LEAD, 2021, LastName="渡邊", FirstName="真二")
        self._record(
            shinji, Place.SERVICE, 2022, name="渡辺真二", last_name="渡辺真二", first_name=""
        )
        self._record(shinji, Place.CUSTOMER_JP, 2023, lastName="Watanabe", firstName="Sinzi")
        self._case(
            "variant_kanji", "渡邊 and 渡辺, unspaced, and in Kunrei romaji.", shinji.party_id
        )

        juergen = self._person(
            "Jürgen", "Müller", date(1961, 7, 7), "DE", "München", "j.mueller@netz.example.net"
        )
        self._record(juergen, Place.CUSTOMER_US, 2020, phoneHome="")
        self._record(
            juergen, Place.SERVICE, 2021, name="Juergen Mueller", first_name="Juergen",
            last_name="Mueller",
        )  # fmt: skip
        self._record(juergen, Place.LEAD, 2022, FirstName="JURGEN", LastName="MULLER")
        self._case("umlauts", "Müller, Mueller, MULLER.", juergen.party_id)

        helene = self._person(
            "Hélène", "Lefèvre", date(1988, 10, 12), "FR", "Lyon", "helene.l@courrier.example.org"
        )
        helene.sex = "f"
        self._record(helene, Place.CUSTOMER_US, 2021, phoneHome="")
        self._record(helene, Place.GUEST_US, 2026, customerName="HELENE LEFEVRE")
        self._case("accents", "Hélène Lefèvre and HELENE LEFEVRE.", helene.party_id)

        greta = self._person(
            "Greta", "Köhler", date(1990, 6, 2), "DE", "Hamburg", "greta.koehler@mail.example.com"
        )
        greta.sex = "f"
        self._hire(greta, acme, "g.koehler@acmebrick.example.com", "Engineer")
        self._record(greta, Place.CONTACT, 2019, Email=greta.work_email)
        self._record(greta, Place.CONTACT, 2018, copy=1, fate="merged", MobilePhone="", Title="")
        self._record(greta, Place.CONTACT, 2017, copy=2, fate="merged", Email="", Birthdate="")
        self._case(
            "native_merge",
            "The system merged three contacts in two steps: a chain of MasterRecordId.",
            greta.party_id,
        )

        nina = self._person(
            "Nina", "Whitfield", date(1985, 5, 5), "GB", "Bristol", "nina.w@britmail.example.net"
        )
        nina.sex = "f"
        self._hire(nina, acme, "n.whitfield@acmebrick.example.com", "Buyer")
        self._record(nina, Place.LEAD, 2020, IsConverted=True, MobilePhone="")
        self._record(nina, Place.CONTACT, 2021, Email=nina.work_email)
        self._record(nina, Place.SUBSCRIBER, 2020, SubscriberKey="lead")
        self._case(
            "lead_conversion",
            "A converted lead whose subscriber key is the lead id.",
            nina.party_id,
        )

        ken = self._person(
            "健一ケンイチ",
            "佐々木ササキ",
            date(1972, 3, 3),
            "JP",
            "函館市",
            "k-sasaki@keitai.example.jp",
        )
        self._record(ken, Place.PERSON_ACCOUNT, 2020)
        self._case("person_account", "A person account and its contact row.", ken.party_id)

    # -- parties that must stay apart -------------------------------------------------------

    def _families(self) -> None:
        kenta = self._person(
            "健太ケンタ",
            "鈴木スズキ",
            date(1996, 8, 8),
            "JP",
            "名古屋市",
            "kenta.s@mail.example.jp",
        )
        kota = self._person(
            "康太コウタ", "鈴木スズキ", date(1996, 8, 8), "JP", "", "kota.s@mail.example.jp",
            kenta.household,
        )  # fmt: skip
        for twin in (kenta, kota):
            self._record(twin, Place.CUSTOMER_JP, 2021)
            self._record(twin, Place.SERVICE, 2024, person_mobile_phone="", person_email="")
        self._case(
            "twins_suzuki",
            "Twins: same birth date, home, surname and landline.",
            kenta.party_id,
            kota.party_id,
        )

        emily = self._person(
            "Emily", "Carter", date(1999, 1, 20), "US", "Denver", "emily.carter@mail.example.com"
        )
        emma = self._person(
            "Emma", "Carter", date(1999, 1, 20), "US", "", "emma.carter@mail.example.com",
            emily.household,
        )  # fmt: skip
        for twin in (emily, emma):
            twin.sex = "f"
            self._record(twin, Place.CUSTOMER_US, 2022)
            self._record(twin, Place.GUEST_US, 2026)
        self._case(
            "twins_carter",
            "Twins whose given names begin alike.",
            emily.party_id,
            emma.party_id,
        )

        senior = self._person(
            "Robert", "Miller", date(1957, 2, 11), "US", "Columbus", "bob.miller57@mail.example.com"
        )
        junior = self._person(
            "Robert", "Miller", date(1986, 10, 4), "US", "", "rmiller86@inbox.example.com",
            senior.household,
        )  # fmt: skip
        self._record(senior, Place.CUSTOMER_US, 2020)
        self._record(senior, Place.SERVICE, 2023, person_email="")
        self._record(junior, Place.CUSTOMER_US, 2021, lastName="Miller Jr.")
        self._record(junior, Place.SERVICE, 2024, person_email="")
        self._case(
            "father_and_son",
            "One name, one home, one landline; birth dates and mobiles differ.",
            senior.party_id,
            junior.party_id,
        )

        hiroshi = self._person(
            "浩ヒロシ",
            "小林コバヤシ",
            date(1965, 9, 15),
            "JP",
            "京都市",
            "kobayashi.family@mail.example.jp",
        )
        keiko = self._person(
            "恵子ケイコ", "小林コバヤシ", date(1968, 12, 24), "JP", "", hiroshi.email,
            hiroshi.household,
        )  # fmt: skip
        keiko.sex = "f"
        self._record(hiroshi, Place.CUSTOMER_JP, 2020)
        self._record(hiroshi, Place.LEAD, 2022)
        self._record(keiko, Place.SERVICE, 2023, person_mobile_phone="")
        self._record(keiko, Place.GUEST_JP, 2026)
        self._case(
            "couple_with_one_mailbox",
            "Husband and wife share e-mail address, home and landline.",
            hiroshi.party_id,
            keiko.party_id,
        )

    def _strangers(self) -> None:
        for name, given, family, country, first, second, place in (
            ("strangers_sato", "健ケン", "佐藤サトウ", "JP", "練馬区", "大阪市", Place.CUSTOMER_JP),
            ("strangers_johnson", "Michael", "Johnson", "US", "Miami", "Austin", Place.CUSTOMER_US),
        ):
            mail = "post.example.com" if country == "JP" else "webmail.example.org"
            one = self._person(
                given, family, date(1978, 4, 1), country, first, f"{name}.1978@{mail}"
            )
            two = self._person(
                given, family, date(1990, 11, 30), country, second, f"{name}.1990@{mail}"
            )
            for person in (one, two):
                self._record(person, place, 2021)
                self._record(person, Place.SERVICE, 2024, person_email="")
            self._case(name, "Strangers of one frequent name.", one.party_id, two.party_id)

    def _switchboard(self, institute: Organization) -> None:
        colleagues = []
        office = institute.address
        for given, family, born in (
            ("誠マコト", "高橋タカハシ", date(1970, 1, 15)),
            ("愛アイ", "高橋タカハシ", date(1991, 7, 19)),
            ("直樹ナオキ", "山本ヤマモト", date(1983, 3, 27)),
            ("洋子ヨウコ", "中村ナカムラ", date(1966, 5, 30)),
        ):
            colleague = self._person(given, family, born, "JP", "", "")
            self._hire(colleague, institute, institute.mailbox, "総務")
            self._record(
                colleague,
                Place.CONTACT,
                2020,
                Email=institute.mailbox,
                MobilePhone="",
                HomePhone="",
                Birthdate="",
                MailingStreet=f"{office.town.district}{office.number}",
                MailingCity=office.town.city,
                MailingState=office.town.region,
                MailingPostalCode=office.postal_code,
            )
            colleagues.append(colleague.party_id)
        self._case(
            "shared_switchboard",
            "Colleagues who gave only the office: switchboard, info@ and address.",
            *colleagues,
        )

    def _placeholders(self) -> None:
        strangers = []
        for city in ("広島市", "那覇市"):
            nobody = self._person(
                "翼ツバサ", "勅使河原テシガワラ", date(1980, 1, 1), "JP", city, ""
            )
            self._record(
                nobody,
                Place.GUEST_JP,
                2026,
                customerName="Guest",
                customerEmail="test@example.com",
                billingPhone="0000000000",
            )
            strangers.append(nobody.party_id)
        self._case(
            "placeholder_guests",
            "Two guests who told nothing about themselves but where to deliver.",
            *strangers,
        )

    # -- shared -----------------------------------------------------------------------------

    def _person(
        self,
        given: str,
        family: str,
        born: date,
        country: str,
        city: str,
        email: str,
        household: Household | None = None,
    ) -> Person:
        number = len(self.people) + 1
        if household is None:
            home = self._address(self._town(country, city), f"person {number}")
            household = Household(country, home, self.phones.landline(home.town))
        person = Person(
            number=number,
            country=country,
            sex="m",
            family=_part(family),
            given=_part(given),
            birth_date=born,
            household=household,
            mobile=self.phones.mobile(country, household.address.town),
            email=email,
        )
        if email:
            self.population.reserve(email)
        self.people.append(person)
        return person

    def _hire(self, person: Person, employer: Organization, email: str, title: str) -> None:
        person.employer, person.work_email, person.job_title = employer, email, title
        self.population.reserve(email)

    def _record(
        self,
        person: Person,
        place: Place,
        year: int,
        copy: int = 0,
        fate: str = "live",
        **fields: Any,
    ) -> None:
        created = datetime(year, 1 + person.number % 9, 1 + person.number % 27, 9, 30, 12)
        self.records.append(
            Planned(person, place, created, copy, fate, is_clean=True, fields=fields)
        )

    def _case(self, name: str, description: str, *party_ids: str) -> None:
        expect = ONE_PARTY if len(party_ids) == 1 else SEPARATE
        self.cases.append(KnownCase(name, expect, description, party_ids))
        for person in self.people:
            if person.party_id in party_ids and not person.note:
                person.note = f"case {name}"

    def _address(self, town: Town, purpose: str, is_office: bool = False) -> Address:
        """A home in that town: the first one that the dice find there."""
        attempt = 0
        while True:
            attempt += 1
            dice = Dice(self.seed, "case address", purpose, attempt)
            address = new_address(town.country, dice, is_office)
            if address.town == town:
                return address

    @staticmethod
    def _town(country: str, city: str) -> Town:
        return next(town for town in TOWNS[country] if town.city.startswith(city))


def _part(text: str) -> NamePart:
    """`田中タナカ` → written 田中, read タナカ."""
    kana = "".join(character for character in text if "ァ" <= character <= "ヶ")
    return NamePart(text.removesuffix(kana), kana) if kana else NamePart(text)


def write_cases(cases: list[KnownCase], truth: list[TruthRow], folder: Path) -> None:
    """`known_cases.yml`: each case with its parties and their record keys."""
    keys: dict[str, list[str]] = defaultdict(list)
    for row in truth:
        keys[row.party_id].append(row.record_key)
    lines = [
        "# Cases that a build must get right. one_party: all record keys share one GPID.",
        "# separate_parties: the keys of each party share one GPID, and no two parties do.",
        "cases:",
    ]
    for case in cases:
        lines += [
            f"  - name: {case.name}",
            f"    expect: {case.expect}",
            f"    description: {_quoted(case.description)}",
            "    parties:",
        ]
        for party_id in case.party_ids:
            lines += [f"      - party_id: {party_id}", "        record_keys:"]
            lines += [f"          - {_quoted(key)}" for key in sorted(keys[party_id])]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "known_cases.yml").write_bytes(("\n".join(lines) + "\n").encode())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
