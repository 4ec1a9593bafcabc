"""Japanese people over four systems that each write a name in a script of their own.

crm has kanji (some with furigana), support katakana as a call centre types it, shop romaji, and
mail an address with little or no name. Every system keeps some of birth date, telephone, address
and e-mail address; people move, marry, have several addresses, and are typed badly.

The same people twice: `Names.real` draws surnames by their population in Japan and given names from
a long tail, `Names.few` draws both from the short lists of Faker, so that two in three people have
a namesake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import duckdb
from faker.providers.person.ja_JP import Provider as FakerNames

from bench.party_file import Record
from bench.word_lists import words
from customer360.demo.contact_details import PhoneBook, write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import slip_of_digits, typo
from customer360.demo.japanese_names import GIVEN_NAMES, VARIANT_KANJI, JapaneseName
from customer360.demo.kana import (
    DOUBLED,
    HEPBURN,
    KUNREI,
    MACRON,
    PASSPORT_OH,
    half_width,
    hiragana,
    romaji,
)
from customer360.demo.places import TOWNS, Address, Town, write_address
from customer360.standardise.kana import fold_characters

SYSTEMS = ("crm", "support", "shop", "mail")
PEOPLE = 5000
_SEED = 20261101
_JAPAN_POPULATION = 125_000_000
_TODAY = date(2026, 11, 1)

_PROVIDERS = (
    ("mail.example.jp", 0.30),
    ("web.example.jp", 0.22),
    ("keitai.example.jp", 0.14),
    ("docodemo.example.jp", 0.08),
    ("cloud.example.com", 0.08),
    ("hikari.example.jp", 0.06),
    ("outbox.example.com", 0.05),
    ("cable.example.org", 0.04),
    ("eonet.example.net", 0.03),
)
_WORDS = words(
    """
sakura momo pochi kaze hana sora umi yuki neko taiyo hoshi mikan ringo tsubasa niji hikari
kuma usagi tora ryu maru chibi hime ouji sensei papa mama rock soul blue red surf run golf
coffee matcha ramen piano gundam vespa
"""
)
# quarters that most towns have
_QUARTERS = (
    ("本町", "Honcho"),
    ("栄町", "Sakaecho"),
    ("緑町", "Midoricho"),
    ("旭町", "Asahicho"),
    ("幸町", "Saiwaicho"),
    ("東町", "Higashicho"),
    ("西町", "Nishimachi"),
    ("南町", "Minamicho"),
    ("中央", "Chuo"),
    ("若葉町", "Wakabacho"),
    ("桜台", "Sakuradai"),
    ("富士見台", "Fujimidai"),
    ("大手町", "Otemachi"),
    ("新町", "Shinmachi"),
)


@dataclass(frozen=True)
class Names:
    """Where names come from: each draws one with the dice given."""

    family: Callable[[Dice], JapaneseName]
    given: Callable[[Dice, str, int], JapaneseName]


@dataclass(slots=True)
class Home:
    """A dwelling and its landline."""

    address: Address
    landline: str


@dataclass(slots=True)
class Person:
    """One human being."""

    number: int
    sex: str
    family: JapaneseName
    given: JapaneseName
    born: date
    home: Home
    mobile: str
    emails: list[str]
    style: str
    former_family: JapaneseName | None = None
    former_home: Home | None = None
    former_mobile: str = ""
    shared_email: str = ""

    @property
    def party_id(self) -> str:
        """The person's name in the truth."""
        return f"person-{self.number:05d}"


@dataclass(frozen=True)
class Habits:
    """How a system is filled in: shares of its records that hold a value.

    Attributes:
        share: of the people who are in the system.
        emails: which of a person's addresses: the first, the second, a shared one.

    """

    share: float
    birth_date: float
    email: float
    second_email: float
    mobile: float
    landline: float
    address: float
    postal_only: float
    dirt: float


HABITS = {
    "crm": Habits(0.74, 0.50, 0.42, 0.10, 0.52, 0.22, 0.58, 0.06, 0.06),
    "support": Habits(0.54, 0.22, 0.24, 0.15, 0.66, 0.22, 0.18, 0.22, 0.08),
    "shop": Habits(0.64, 0.14, 0.80, 0.35, 0.44, 0.10, 0.52, 0.10, 0.06),
    "mail": Habits(0.56, 0.20, 1.00, 0.18, 0.05, 0.00, 0.02, 0.28, 0.02),
}


def real_names() -> Names:
    """Surnames by population with the rare ones behind them, given names with a long tail."""
    common, cumulative = _surnames()
    rare = _rare_surnames()
    in_dictionary = {sex: _dictionary_given_names(sex) for sex in "mf"}

    def family(dice: Dice) -> JapaneseName:
        at = dice.fraction()
        if at >= cumulative[-1]:
            return dice.pick(rare)
        low, high = 0, len(common) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if at < cumulative[middle] else (middle + 1, high)
        return common[low]

    def given(dice: Dice, sex: str, year: int) -> JapaneseName:
        generation = "older" if year < 1965 else "middle" if year < 1995 else "younger"
        if dice.chance(0.5):
            return dice.pick_frequent(GIVEN_NAMES[sex, generation], 0.05)
        name = dice.pick(in_dictionary[sex])
        if dice.chance(0.04):
            # a reading that parents chose and no dictionary has
            return JapaneseName(name.kanji, dice.pick(in_dictionary[sex]).kana)
        return name

    return Names(family, given)


def few_names() -> Names:
    """Faker's 50 surnames and 51 given names, each as likely as the other."""
    families = [JapaneseName(kanji, kana) for kanji, kana, _ in FakerNames.last_name_pairs]
    givens = {
        "m": [JapaneseName(kanji, kana) for kanji, kana, _ in FakerNames.first_name_male_pairs],
        "f": [JapaneseName(kanji, kana) for kanji, kana, _ in FakerNames.first_name_female_pairs],
    }
    return Names(lambda dice: dice.pick(families), lambda dice, sex, _: dice.pick(givens[sex]))


def records(names: Names, people: int = PEOPLE, seed: int = _SEED) -> list[Record]:
    """The records of so many people, in an order that says nothing."""
    population = _Population(names, seed).build(people)
    found = [record for person in population for record in _appearances(person, seed)]
    return Dice(seed, "order").shuffled(found)


class _Population:
    def __init__(self, names: Names, seed: int) -> None:
        self._names = names
        self._seed = seed
        self._phones = PhoneBook(seed)
        self._emails: set[str] = set()

    def build(self, count: int) -> list[Person]:
        people: list[Person] = []
        household = 0
        while len(people) < count:
            household += 1
            people.extend(self._household(household, len(people), count - len(people)))
        return people

    def _household(self, household: int, first: int, room: int) -> list[Person]:
        """One to four people at one address; most households have one known member only."""
        dice = Dice(self._seed, "household", household)
        size = min(room, dice.pick_weighted({1: 0.72, 2: 0.18, 3: 0.07, 4: 0.03}))
        home = self._home(dice)
        family = self._names.family(dice)
        age = dice.between(20 if size == 1 else 32, 82)
        people: list[Person] = []
        for index in range(size):
            own = Dice(self._seed, "person", first + index)
            sex = own.pick("mf") if index != 1 else ("f" if people[0].sex == "m" else "m")
            years = age if index == 0 else age + own.between(-6, 5)
            if index > 1:
                years = max(16, age - own.between(24, 36))
            born = _TODAY - timedelta(days=int(years * 365.25) + own.below(365))
            given = self._names.given(own, sex, born.year)
            while any(given.kanji == other.given.kanji for other in people):
                given = self._names.given(own, sex, born.year)
            people.append(self._person(first + index, own, sex, family, given, born, home))
        if size > 1 and dice.chance(0.10):
            shared = self._unique(
                dice, f"{romaji(family.kana).lower()}.family{dice.between(1, 99)}"
            )
            people[0].shared_email = people[1].shared_email = shared
        return people

    def _person(
        self,
        number: int,
        dice: Dice,
        sex: str,
        family: JapaneseName,
        given: JapaneseName,
        born: date,
        home: Home,
    ) -> Person:
        person = Person(
            number=number,
            sex=sex,
            family=family,
            given=given,
            born=born,
            home=home,
            mobile=self._phones.mobile("JP", home.address.town),
            emails=[],
            style=dice.pick_weighted(
                {HEPBURN: 0.70, PASSPORT_OH: 0.12, DOUBLED: 0.08, KUNREI: 0.06, MACRON: 0.04}
            ),
        )
        if sex == "f" and dice.chance(0.07):
            person.former_family = self._names.family(dice)
        if dice.chance(0.13):
            person.former_home = self._home(dice)
        if dice.chance(0.08):
            person.former_mobile = self._phones.mobile("JP", home.address.town)
        for _ in range(2 if dice.chance(0.42) else 1):
            person.emails.append(self._email(person, dice))
        return person

    def _home(self, dice: Dice) -> Home:
        town = _town(dice)
        number = f"{dice.between(1, 6)}-{dice.between(1, 28)}-{dice.between(1, 19)}"
        unit = ""
        if dice.chance(0.5):
            building = dice.pick(("メゾン", "コーポ", "ハイツ", "レジデンス", "グラン"))
            unit = f"{building}{town.district} {dice.between(1, 12)}{dice.between(1, 9):02d}"
        return Home(Address(town, "", number, unit, town.postal_code), self._phones.landline(town))

    def _email(self, person: Person, dice: Dice) -> str:
        style = HEPBURN if person.style in (MACRON, KUNREI) else person.style
        family = romaji((person.former_family or person.family).kana, style).lower()
        given = romaji(person.given.kana, style).lower()
        year, day = f"{person.born.year % 100:02d}", f"{person.born:%m%d}"
        local = dice.pick_weighted(
            {
                f"{given}.{family}": 2.2,
                f"{family}.{given}": 1.8,
                f"{given[0]}.{family}": 1.8,
                f"{given[0]}{family}{year}": 1.0,
                f"{family}{given}": 1.0,
                f"{given}_{family}{day}": 0.9,
                f"{family}{day}": 0.8,
                f"{given}{year}{dice.between(1, 12):02d}": 1.2,
                f"{given}-{family[0]}": 0.6,
                f"{dice.pick(_WORDS)}{dice.pick(_WORDS)}{dice.between(1, 99)}": 1.6,
                f"{dice.pick(_WORDS)}.{given}{day}": 0.9,
                f"{dice.pick(_WORDS)}{day}": 1.0,
            }
        )
        return self._unique(dice, local)

    def _unique(self, dice: Dice, local: str) -> str:
        """An address that nobody else has."""
        address = f"{local}@{dice.pick_weighted(dict(_PROVIDERS))}"
        while address in self._emails:
            local += str(dice.between(0, 9))
            address = f"{local}@{dice.pick_weighted(dict(_PROVIDERS))}"
        self._emails.add(address)
        return address


def _town(dice: Dice) -> Town:
    """A quarter of a town; quarters beyond the one that is known get a code near by."""
    town = dice.pick_frequent(TOWNS["JP"], 0.04)
    at = dice.below(len(_QUARTERS) + 1)
    if at == len(_QUARTERS):
        return town
    district, latin = _QUARTERS[at]
    code = Dice("postcode", town.city, district).between(1, 99)
    return Town(
        "JP",
        town.region,
        town.city,
        district,
        f"{town.postal_code[:6]}{code:02d}",
        town.area_code,
        town.city_latin,
        latin,
        town.region_latin,
    )


def _appearances(person: Person, seed: int) -> Iterator[Record]:
    """The person's records; everybody has one at least."""
    dice = Dice(seed, "records", person.number)
    systems = [system for system in SYSTEMS if dice.chance(HABITS[system].share)]
    for system in SYSTEMS:
        # somebody who registered twice
        if system in systems and dice.chance(0.035):
            systems.append(system)
    for index, system in enumerate(systems or [dice.pick(SYSTEMS)]):
        yield _Writer(person, system, Dice(seed, person.number, system, index)).record(index)


class _Writer:
    """One system's view of a person."""

    def __init__(self, person: Person, system: str, dice: Dice) -> None:
        self.person = person
        self.habits = HABITS[system]
        self.system = system
        self.dice = dice
        is_old = dice.chance(0.5)
        # a record was written before or after the move and the wedding
        self.family = person.former_family if person.former_family and is_old else person.family
        self.home = person.former_home if person.former_home and is_old else person.home
        self.mobile = person.former_mobile if person.former_mobile and is_old else person.mobile

    def record(self, index: int) -> Record:
        dice, person, habits = self.dice, self.person, self.habits
        key = Dice("key", self.system, person.number, index).between(0, 10**11)
        record = Record(person.party_id, self.system, f"{self.system[0].upper()}{key:011d}")
        getattr(self, f"_name_in_{self.system}")(record)
        if dice.chance(habits.birth_date):
            record.birth_date = self._birth_date()
        if dice.chance(habits.email):
            record.emails = [self._email()]
        phones = []
        if dice.chance(habits.mobile):
            phones.append(self._phone(self.mobile))
        if dice.chance(habits.landline):
            phones.append(self._phone(self.home.landline))
        record.phones = phones
        self._address(record)
        if self.system in ("crm", "shop") and dice.chance(0.3):
            record.gender = dice.pick(
                {"m": ("男", "男性", "male"), "f": ("女", "女性", "F")}[person.sex]
            )
        self._complete(record)
        return record

    def _complete(self, record: Record) -> None:
        """Nobody keeps a record of nothing but a name: it gets one thing that tells who it is."""
        if record.emails or record.phones or record.birth_date or record.street_address:
            return
        how = self.dice.pick_weighted({"phone": 0.4, "email": 0.3, "birth date": 0.3})
        if how == "phone":
            record.phones = [self._phone(self.mobile)]
        elif how == "email":
            record.emails = [self._email()]
        else:
            record.birth_date = self._birth_date()

    def _name_in_crm(self, record: Record) -> None:
        dice, person = self.dice, self.person
        family, given = _as_registered(self.family.kanji, dice), person.given.kanji
        if dice.chance(0.55):
            record.family_name, record.given_name = family, given
        else:
            gap = dice.pick_weighted({"": 0.55, " ": 0.25, "　": 0.20})
            record.full_name = f"{family}{gap}{given}" + ("様" if dice.chance(0.04) else "")
        if dice.chance(0.45):
            spell = dice.pick_weighted({"kata": 0.6, "hira": 0.25, "half": 0.15})
            reading = self._kana(spell, gap=dice.pick((" ", "　", "")))
            record.name_reading = reading

    def _name_in_support(self, record: Record) -> None:
        dice = self.dice
        spell = dice.pick_weighted({"kata": 0.72, "half": 0.24, "hira": 0.04})
        if dice.chance(0.04):
            # the caller gave a surname only
            record.full_name = self._kana(spell, gap="", family_only=True)
            return
        gap = dice.pick_weighted({"": 0.35, " ": 0.35, "　": 0.20, "・": 0.10})
        record.full_name = self._kana(spell, gap=gap)

    def _name_in_shop(self, record: Record) -> None:
        dice, person = self.dice, self.person
        style = person.style
        if dice.chance(0.25):
            style = dice.pick((HEPBURN, DOUBLED, KUNREI, PASSPORT_OH))
        family, given = romaji(self.family.kana, style), romaji(person.given.kana, style)
        if dice.chance(self.habits.dirt):
            family = typo(family, dice)
        if dice.chance(self.habits.dirt):
            given = typo(given, dice)
        if dice.chance(0.05):
            given = given[0] + dice.pick((".", ""))
        case = dice.pick_weighted({"title": 0.50, "upper": 0.22, "family": 0.18, "lower": 0.10})
        if case in ("upper", "family"):
            family = family.upper()
        if case == "upper":
            given = given.upper()
        if case == "lower":
            family, given = family.lower(), given.lower()
        if dice.chance(0.4):
            record.family_name, record.given_name = family, given
            if dice.chance(0.06):
                record.family_name, record.given_name = given, family
        elif dice.chance(0.5):
            record.full_name = f"{given} {family}"
        else:
            record.full_name = f"{family}{dice.pick((' ', ' ', ', '))}{given}"

    def _name_in_mail(self, record: Record) -> None:
        dice, person = self.dice, self.person
        family, given = romaji(self.family.kana, HEPBURN), romaji(person.given.kana, HEPBURN)
        record.full_name = dice.pick_weighted(
            {
                "": 0.46,
                f"{given[0]}. {family}": 0.07,
                f"{family} {given[0]}.": 0.03,
                f"{self.family.kanji} {person.given.kanji}": 0.14,
                f"{self.family.kanji}{person.given.kanji}": 0.06,
                f"{given} {family}": 0.10,
                f"{self.family.kana}{person.given.kana}": 0.04,
                f"{self.family.kanji}": 0.04,
            }
        )
        if not record.full_name and dice.chance(0.12):
            record.given_name = dice.pick((person.given.kanji, given, hiragana(person.given.kana)))

    def _kana(self, spell: str, *, gap: str, family_only: bool = False) -> str:
        dice = self.dice
        family = self.family.kana
        given = self.person.given.kana
        if dice.chance(self.habits.dirt):
            family = _misheard(family, dice)
        elif dice.chance(self.habits.dirt):
            given = _misheard(given, dice)
        text = family if family_only else f"{family}{gap}{given}"
        spellings: dict[str, Callable[[str], str]] = {
            "kata": str,
            "half": half_width,
            "hira": hiragana,
        }
        return spellings[spell](text)

    def _birth_date(self) -> str:
        dice, born = self.dice, self.person.born
        text = born.isoformat()
        if dice.chance(self.habits.dirt * 0.6):
            slipped = slip_of_digits(text, dice)
            text = slipped if "01" <= slipped[-2:] <= "28" else text
        elif dice.chance(0.008):
            text = f"{born.year}-01-01"
        year, month, day = text.split("-")
        era = _era(date.fromisoformat(text))
        return dice.pick_weighted(
            {
                text: 5.0,
                f"{year}/{month}/{day}": 2.0,
                f"{year}{month}{day}": 1.0,
                f"{year}年{int(month)}月{int(day)}日": 0.8,
                era: 0.6,
            }
        )

    def _email(self) -> str:
        dice, person = self.dice, self.person
        if person.shared_email and dice.chance(0.35):
            address = person.shared_email
        elif len(person.emails) > 1 and dice.chance(self.habits.second_email):
            address = person.emails[1]
        else:
            address = person.emails[0]
        local, domain = address.split("@")
        if dice.chance(self.habits.dirt * 0.3):
            local = typo(local, dice)
        if dice.chance(0.05):
            return f"{local}@{domain}".upper()
        return f"{local}@{domain}"

    def _phone(self, number: str) -> str:
        dice = self.dice
        if dice.chance(self.habits.dirt * 0.25):
            number = slip_of_digits(number, dice)
        return write_phone(number, "JP", dice)

    def _address(self, record: Record) -> None:
        dice, home = self.dice, self.home.address
        if dice.chance(self.habits.address):
            is_latin = self.system == "shop" and dice.chance(0.45)
            written = write_address(home, dice, "latin" if is_latin else "native")
            record.street_address, record.locality = written.street, written.city
            record.region = written.region
            record.postal_code = "" if dice.chance(0.15) else written.postal_code
            record.country_code = written.country
        elif dice.chance(self.habits.postal_only):
            record.postal_code = home.postal_code
            if dice.chance(0.3):
                record.region = home.town.region


def _as_registered(kanji: str, dice: Dice) -> str:
    """A surname in its variant form now and then, or with a character of the same sound."""
    if dice.chance(0.08):
        for usual, other in VARIANT_KANJI.items():
            if usual in kanji:
                return kanji.replace(usual, other, 1)
    if dice.chance(0.03):
        for one, other in (("斎藤", "斉藤"), ("渡辺", "渡部"), ("伊藤", "伊東"), ("菊地", "菊池")):
            if kanji == one:
                return other
    return kanji


def _misheard(kana: str, dice: Dice) -> str:
    """One kana as somebody hears it on the telephone: unvoiced, short, or another one."""
    pairs = (
        "カガ",
        "キギ",
        "クグ",
        "ケゲ",
        "コゴ",
        "サザ",
        "シジ",
        "スズ",
        "タダ",
        "トド",
        "ハバ",
        "ヒビ",
    )
    swaps = {p[0]: p[1] for p in pairs} | {p[1]: p[0] for p in pairs}
    places = [at for at, c in enumerate(kana) if c in swaps]
    if places and dice.chance(0.6):
        at = dice.pick(places)
        return kana[:at] + swaps[kana[at]] + kana[at + 1 :]
    if len(kana) > 3 and "ウ" in kana[1:]:
        at = kana.index("ウ", 1)
        return kana[:at] + kana[at + 1 :]
    if len(kana) > 2:
        at = dice.below(len(kana) - 1)
        return kana[:at] + kana[at + 1] + kana[at] + kana[at + 2 :]
    return kana


def _era(born: date) -> str:
    """昭和54年5月21日, or S54.5.21 as forms ask for it."""
    for name, start in (("令和", date(2019, 5, 1)), ("平成", date(1989, 1, 8))):
        if born >= start:
            return f"{name}{born.year - start.year + 1}年{born.month}月{born.day}日"
    return f"S{born.year - 1925}.{born.month}.{born.day}"


@cache
def _surnames() -> tuple[list[JapaneseName], list[float]]:
    """The 1,999 most frequent surnames and the share of people up to each."""
    names, cumulative, total = [], [], 0.0
    for kanji, people, reading, _ in _dataset("last_name_org"):
        kana = _katakana(reading)
        if _is_romanisable(kana):
            total += int(people) / _JAPAN_POPULATION
            names.append(JapaneseName(kanji, kana))
            cumulative.append(total)
    return names, cumulative


@cache
def _rare_surnames() -> list[JapaneseName]:
    """Surnames below the 1,999 whose spelling in kana is not in doubt."""
    folder = resources.files("customer360.lexica")
    with (
        resources.as_file(folder / "japanese_family_names.parquet") as families,
        resources.as_file(folder / "japanese_readings.parquet") as readings,
    ):
        rows = duckdb.execute(
            f"""
            select family.kanji, any_value(reading.kana)
            from '{families}' as family
            inner join '{readings}' as reading on family.keys = reading.key
            where reading.family_weight > 0 and family.weight <= 3
            group by family.kanji
            having count(*) = 1
            order by family.kanji
            """
        ).fetchall()
    common = {name.kanji for name in _surnames()[0]}
    return [
        JapaneseName(kanji, kana)
        for kanji, kana in rows
        if kanji not in common and _is_romanisable(kana)
    ]


@cache
def _dictionary_given_names(sex: str) -> list[JapaneseName]:
    """Spellings of the given names that are in use; readings of many spellings are frequent."""
    name = {"m": "man", "f": "woman"}[sex]
    found = []
    for reading, _, *spellings in _dataset(f"first_name_{name}_opti"):
        kana = _katakana(reading)
        if not _is_romanisable(kana):
            continue
        for spelling in spellings:
            if len(spelling) <= 3 and fold_characters(spelling) == spelling:
                found.append(JapaneseName(spelling, kana))
    return found


def _dataset(name: str) -> Iterator[list[str]]:
    """Rows of one file of japanese-personal-name-dataset (MIT)."""
    path = resources.files("japanese_personal_name_dataset") / "dataset" / f"{name}.csv"
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split(",")


def _katakana(reading: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in reading)


def _is_romanisable(kana: str) -> bool:
    try:
        return len(romaji(kana)) > 1
    except KeyError:
        return False
