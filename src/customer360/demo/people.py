"""People in their households: names, birth dates, homes, phones, e-mail addresses, employers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from customer360.demo.clock import REFERENCE, moment, years_before
from customer360.demo.contact_details import FREE_MAIL, PhoneBook
from customer360.demo.dice import Dice
from customer360.demo.japanese_names import GIVEN_NAMES as JAPANESE_GIVEN_NAMES
from customer360.demo.japanese_names import SURNAMES as JAPANESE_SURNAMES
from customer360.demo.kana import DOUBLED, HEPBURN, KUNREI, MACRON, PASSPORT_OH, romaji
from customer360.demo.organizations import Organization
from customer360.demo.places import Address, new_address
from customer360.demo.western_names import GIVEN_NAMES as WESTERN_GIVEN_NAMES
from customer360.demo.western_names import LANGUAGE_OF_COUNTRY
from customer360.demo.western_names import SURNAMES as WESTERN_SURNAMES

COUNTRIES = {"JP": 0.5, "US": 0.25, "GB": 0.1, "DE": 0.08, "FR": 0.07}
_HOUSEHOLD_SIZES = {1: 0.42, 2: 0.24, 3: 0.16, 4: 0.13, 5: 0.05}
_ROMANISATIONS = {HEPBURN: 0.72, PASSPORT_OH: 0.12, DOUBLED: 0.07, KUNREI: 0.05, MACRON: 0.04}
_HANDLES = (
    "bluebird|sakura72|momo.cat|skywalk|greentea|hanabi|runner84|coffee.time|pochi|mikan|"
    "sunset.drive|oldtimer|gardenfan|kaze|yukiusagi|chess.king"
)


@dataclass(frozen=True, slots=True)
class NamePart:
    """A surname or given name; `kana` is empty outside Japan."""

    written: str
    kana: str = ""


@dataclass(slots=True)
class Household:
    """People under one roof, with the homes they have had."""

    country: str
    address: Address
    landline: str
    former_address: Address | None = None
    former_landline: str = ""
    moved_at: datetime = datetime.min
    shared_email: str = ""


@dataclass(slots=True)
class Person:
    """One human being."""

    number: int
    country: str
    sex: str
    family: NamePart
    given: NamePart
    birth_date: date
    household: Household
    mobile: str
    email: str
    former_family: NamePart | None = None
    married_at: datetime = datetime.min
    second_email: str = ""
    former_mobile: str = ""
    mobile_changed_at: datetime = datetime.min
    romanisation: str = HEPBURN
    uses_shared_email: bool = False
    employer: Organization | None = None
    work_email: str = ""
    direct_line: str = ""
    job_title: str = ""
    middle_initial: str = ""
    suffix: str = ""
    note: str = ""
    uses_mailbox: bool = False
    tags: set[str] = field(default_factory=set)

    @property
    def party_id(self) -> str:
        """The person's name in the truth."""
        return f"person-{self.number:06d}"

    def family_at(self, when: datetime) -> NamePart:
        """The surname borne at that time."""
        if self.former_family is not None and when < self.married_at:
            return self.former_family
        return self.family

    def home_at(self, when: datetime) -> tuple[Address, str]:
        """The home and its landline at that time."""
        household = self.household
        if household.former_address is not None and when < household.moved_at:
            return household.former_address, household.former_landline
        return household.address, household.landline

    def mobile_at(self, when: datetime) -> str:
        """The mobile number at that time."""
        if self.former_mobile and when < self.mobile_changed_at:
            return self.former_mobile
        return self.mobile

    def latin(self, part: NamePart) -> str:
        """A name part in plain ASCII, lower case, as it appears in addresses."""
        if part.kana:
            style = HEPBURN if self.romanisation in (MACRON, KUNREI) else self.romanisation
            return romaji(part.kana, style).lower()
        return ascii_fold(part.written)


_JOBS = {
    "JP": ("課長", "部長", "営業担当", "購買担当", "主任", "総務", "代表取締役", "係長"),
    "US": ("Buyer", "Office Manager", "VP Operations", "CFO", "Engineer", "Purchasing", "Owner"),
}


def ascii_fold(text: str) -> str:
    """Lower case without accents, spaces and punctuation; umlauts as two letters."""
    spelled = text.lower().translate({0xE4: "ae", 0xF6: "oe", 0xFC: "ue", 0xDF: "ss", 0x131: "i"})
    decomposed = unicodedata.normalize("NFD", spelled)
    return "".join(c for c in decomposed if c.isascii() and c.isalpha())


class Population:
    """Builds people one household at a time; e-mail addresses and numbers are never reused."""

    def __init__(self, seed: int, phones: PhoneBook) -> None:
        self._seed = seed
        self._phones = phones
        self._next_number = 1
        self._emails: set[str] = set()
        self._households = 0

    def reserve(self, email: str) -> None:
        """Keeps an address from being given to anybody else."""
        self._emails.add(email)

    def build(
        self, count: int, organizations: list[Organization], first_number: int
    ) -> list[Person]:
        """`count` people in households of one to five; about half of them have an employer."""
        self._next_number = first_number
        people: list[Person] = []
        while len(people) < count:
            people.extend(self._household(count - len(people), organizations))
        return people

    def _household(self, room: int, organizations: list[Organization]) -> list[Person]:
        self._households += 1
        dice = Dice(self._seed, "household", self._households)
        country = dice.pick_weighted(COUNTRIES)
        home = new_address(country, dice)
        household = Household(country, home, self._phones.landline(home.town))
        if dice.chance(0.16):
            household.former_address = new_address(country, dice)
            household.former_landline = self._phones.landline(household.former_address.town)
            household.moved_at = moment(dice, datetime(2020, 1, 1), datetime(2026, 3, 1))
        members = self._members(dice, country, min(dice.pick_weighted(_HOUSEHOLD_SIZES), room))
        people = [
            self._person(self._next_number + index, household, member)
            for index, member in enumerate(members)
        ]
        self._next_number += len(people)
        adults = [person for person in people if "child" not in person.tags]
        if len(adults) == 2 and dice.chance(0.12):
            household.shared_email = self._unique(
                f"{adults[0].latin(adults[0].family)}.family", dice.pick(FREE_MAIL[country])
            )
            for adult in adults:
                adult.uses_shared_email = dice.chance(0.7)
        for person in people:
            person.note = ", ".join(sorted(person.tags & {"twin", "senior", "junior"}))
            self._employ(Dice(self._seed, "employment", person.number), person, organizations)
        return people

    def _members(
        self, dice: Dice, country: str, size: int
    ) -> list[tuple[str, NamePart, NamePart, date, NamePart | None, set[str]]]:
        """Sex, surname, given name, birth date, maiden name and role of each member."""
        family = self.surname(dice, country)
        age = dice.between(22, 84) if size == 1 else dice.between(30, 76)
        head_born = self._birthday(dice, age)
        head_sex = dice.pick("mf") if size == 1 else "m"
        head_given = self.given_name(dice, country, head_sex, head_born.year)
        members: list[tuple[str, NamePart, NamePart, date, NamePart | None, set[str]]] = [
            (head_sex, family, head_given, head_born, None, {"head"})
        ]
        if size >= 2 and (size > 2 or dice.chance(0.85)):
            born = self._birthday(dice, max(21, age + dice.between(-6, 4)))
            given = self.given_name(dice, country, "f", born.year)
            former = self.surname(dice, country)
            keeps_name = country != "JP" and dice.chance(0.3)
            if keeps_name:
                members.append(("f", former, given, born, None, {"partner"}))
            else:
                is_recent = dice.chance(0.3)
                members.append(
                    ("f", family, given, born, former if is_recent else None, {"partner"})
                )
        taken = {head_given.written}
        while len(members) < size:
            sex = dice.pick("mf")
            born = self._birthday(dice, max(16, age - dice.between(23, 38)))
            tags = {"child"}
            elder = members[-1]
            if "child" in elder[5] and "twin" not in elder[5] and dice.chance(0.12):
                born = elder[3]
                elder[5].add("twin")
                tags.add("twin")
            given = self.given_name(dice, country, sex, born.year)
            if (
                country == "US"
                and sex == "m"
                and dice.chance(0.1)
                and "junior" not in members[0][5]
            ):
                given = head_given
                members[0][5].add("senior")
                tags.add("junior")
            elif given.written in taken:
                continue
            taken.add(given.written)
            members.append((sex, family, given, born, None, tags))
        return members

    def _person(
        self,
        number: int,
        household: Household,
        member: tuple[str, NamePart, NamePart, date, NamePart | None, set[str]],
    ) -> Person:
        dice = Dice(self._seed, "person", number)
        sex, family, given, born, former_family, tags = member
        country = household.country
        person = Person(
            number=number,
            country=country,
            sex=sex,
            family=family,
            given=given,
            birth_date=born,
            household=household,
            mobile=self._phones.mobile(country, household.address.town),
            email="",
            romanisation=dice.pick_weighted(_ROMANISATIONS) if country == "JP" else HEPBURN,
            tags=tags,
        )
        if former_family is not None:
            person.former_family = former_family
            person.married_at = moment(dice, datetime(2019, 1, 1), datetime(2026, 6, 1))
        if dice.chance(0.12):
            person.former_mobile = self._phones.mobile(country, household.address.town)
            person.mobile_changed_at = moment(dice, datetime(2020, 1, 1), datetime(2026, 3, 1))
        if country in ("US", "GB") and dice.chance(0.4):
            person.middle_initial = dice.pick("ABCDEFGHJKLMNPRSTW")
        if "junior" in tags:
            person.suffix = "Jr."
        person.email = self.new_email(person, dice)
        if dice.chance(0.3):
            person.second_email = self.new_email(person, dice)
        return person

    def surname(self, dice: Dice, country: str) -> NamePart:
        """A surname of the country, common ones more often."""
        if country == "JP":
            name = dice.pick_frequent(JAPANESE_SURNAMES)
            return NamePart(name.kanji, name.kana)
        return NamePart(dice.pick_frequent(WESTERN_SURNAMES[LANGUAGE_OF_COUNTRY[country]], 0.03))

    def given_name(self, dice: Dice, country: str, sex: str, birth_year: int) -> NamePart:
        """A given name of the country that suits the year of birth."""
        if country == "JP":
            generation = "older" if birth_year < 1965 else "middle"
            if birth_year >= 1995:
                generation = "younger"
            if dice.chance(0.15):
                generation = "middle"
            name = dice.pick_frequent(JAPANESE_GIVEN_NAMES[sex, generation], 0.05)
            return NamePart(name.kanji, name.kana)
        names = WESTERN_GIVEN_NAMES[LANGUAGE_OF_COUNTRY[country], sex]
        return NamePart(dice.pick_frequent(names, 0.03))

    @staticmethod
    def _birthday(dice: Dice, age: int) -> date:
        return years_before(REFERENCE.date(), age) - timedelta(days=dice.below(365))

    def new_email(self, person: Person, dice: Dice) -> str:
        """A private address nobody else has; most tell the name, some do not."""
        family = person.latin(person.former_family or person.family)
        given = person.latin(person.given)
        year = f"{person.birth_date.year % 100:02d}"
        local = dice.pick_weighted(
            {
                f"{given}.{family}": 5.0,
                f"{given[0]}.{family}": 3.0,
                f"{family}.{given}": 3.0 if person.country == "JP" else 0.5,
                f"{given}{family}": 1.5,
                f"{given}_{family}{year}": 1.5,
                f"{given}{year}{person.birth_date.month:02d}": 1.2,
                f"{given[0]}{family}{year}": 1.0,
                f"{dice.pick(_HANDLES.split('|'))}{dice.between(1, 999)}": 1.8,
            }
        )
        return self._unique(local, dice.pick_frequent(FREE_MAIL[person.country], 0.6))

    def _unique(self, local: str, domain: str) -> str:
        address, attempt = f"{local}@{domain}", 1
        while address in self._emails:
            attempt += 1
            address = f"{local}{attempt}@{domain}"
        self._emails.add(address)
        return address

    def _employ(self, dice: Dice, person: Person, organizations: list[Organization]) -> None:
        age = REFERENCE.year - person.birth_date.year
        if not organizations or not 21 <= age <= 68 or not dice.chance(0.72):
            return
        for _ in range(4):
            employer = dice.pick_frequent(organizations, 0.02)
            if employer.country == person.country or dice.chance(0.05):
                self.hire(person, employer, dice)
                return

    def hire(self, person: Person, employer: Organization, dice: Dice) -> None:
        """Gives the person a desk: work address, perhaps a line of their own."""
        person.employer = employer
        given, family = person.latin(person.given), person.latin(person.family)
        local = f"{given[0]}.{family}" if employer.number % 3 == 0 else f"{given}.{family}"
        person.work_email = self._unique(local, employer.domain)
        person.direct_line = (
            "" if employer.switchboard_is_shared else self._phones.landline(employer.address.town)
        )
        person.uses_mailbox = dice.chance(0.08)
        person.job_title = dice.pick(_JOBS.get(person.country, _JOBS["US"]))
