"""American families over four systems: relatives who share nearly everything but who they are.

A household shares a surname, an address, a landline and sometimes an e-mail address; there are
twins, and sons who have their father's name. Households move, women marry, numbers change, and a
record shows the state of affairs when it was written. Names have the frequencies of the United
States with a long tail behind them. Records of all systems are typed with slips, nicknames and
initials, and no system has every field.

Everything comes from one stream of `random.Random.random`, whose sequence Python guarantees.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate
from random import Random
from typing import TypeVar

from faker.providers.address.en_US import Provider as FakerAddresses
from faker.providers.person.en import Provider as FakerRareNames
from faker.providers.person.en_US import Provider as FakerNames

from bench.party_file import Record
from bench.word_lists import words

T = TypeVar("T")

SYSTEMS = ("crm", "billing", "web", "support")
PEOPLE = 430_000
_SEED = 20261102
_THIS_YEAR = 2026
# how many Americans have one of the thousand surnames that Faker knows with their frequencies
COMMON_SURNAME_SHARE = 0.42
COMMON_GIVEN_SHARE = 0.88
PEOPLE_PER_TOWN = 900
PEOPLE_PER_OFFICE = 700

PROVIDERS = {
    "mail.example.com": 0.34,
    "inbox.example.com": 0.17,
    "hello.example.net": 0.11,
    "web.example.org": 0.09,
    "cloud.example.com": 0.08,
    "cable.example.net": 0.06,
    "fiber.example.net": 0.04,
    "post.example.org": 0.04,
    "isp.example.net": 0.03,
    "uni.example.org": 0.02,
    "online.example.com": 0.02,
}
HANDLES = words(
    """
sunny lucky happy blue red crazy big little super sweet golden silver rock star foxy wild
gamer hoops soccer baker farmer artist pilot rider runner hiker surfer dancer reader
gardener angler hunter
"""
)
_SURNAME_STARTS = words(
    """
Ab Ack Al Ald Am And Arm Ash Back Bald Ban Bar Bart Bau Beau Beck Bell Ben Berg Bick Bing
Blan Bloom Bor Bos Brad Bran Brau Brem Brig Brock Buck Burk Cal Camp Car Cas Chad Chap Clay
Clif Col Con Cor Cran Crow Dal Dan Dar Del Den Dit Dob Dor Drum Dun Eck Eis Ell Em Eng Ern
Fair Falk Far Feld Fen Fink Flan Fleck Forst Frank Gal Gar Ger Gil Glad Gold Gor Gran Gries
Gruen Hack Had Hag Hal Ham Han Har Hat Haw Heck Hein Hel Hen Her Hil Hol Horn Hut Ing Jan
Jar Kal Kauf Kel Ken Kin Kirch Kle Kof Kol Kor Kram Kuhl Lam Lan Lar Led Lin Lof Lor Lud Lun
Mac Mal Man Mar Mat Mel Mer Mil Mon Mor Mul Nach Nel New Nor Ober Old Ols Or Pal Par Pem Pen
Per Pick Pol Pres Quin Rad Ran Red Reich Rens Rich Rit Rob Rol Ros Roth Row Rut Sal San Sar
Schaf Schel Schil Sel Shel Sher Sil Sim Sor Spar Stan Stein Stod Stras Sut Swan Tal Tan Ten
Thorn Til Tor Trau Tul Ul Van Ver Vin Vol Wal Wan Was Wei Wel Wen Wes Whit Wick Wil Win Wit
Wol Wood Yar Zell Zim
"""
)
_SURNAME_ENDS = words(
    """
ack aker ales all an ard aro asco bach baugh beck bell berg berger born bourne brook brough
burg burn bush by cliff comb cott court croft dale den der dorf dorfer dyke ec eck el elli
ello ema en enbach endorf er erman ero etti ey feld field ford gate ger haus heim helm hoff
holt horst house hurst ia iak ich icki iello ier igan iki ikson ill ing ingham ini ino inski
ison itz ke kins kopf koski kowski lach land lau lein ler lett ley lin ling lock low man mann
mark meier mer meyer mond more mour nagel nell ner ness o off old one oni os ott oux ow
owicz owski pert ridge rud sch schmidt set sey shaw sky smith son stad stein sted stock
strom ton tz uk ville vold wald ward way well wich wick wood worth yer zak
"""
)
STREET_NAMES = words(
    """
Main Oak Maple Cedar Elm Pine Walnut Chestnut Washington Lincoln Jefferson Madison Adams
Jackson Franklin Monroe Park Lake River Hill Church School Mill Spring Highland Sunset
Ridge Meadow Forest Willow Cherry Dogwood Magnolia Hickory Sycamore Poplar Birch Spruce
Laurel Juniper Holly College Market Center Union Liberty Prospect Pleasant Grove Orchard
Valley Summit Woodland Riverside Lakeview Hillcrest Fairview Grandview Mountain Canyon Bay
Harbor Ocean Railroad Depot Bridge Court Fulton Hamilton Harrison Tyler Polk Grant Sherman
Lee Jackson Cleveland Wilson Roosevelt Kennedy King Clark Lewis Fremont Crescent Rosewood
Brookside Cottage Garden Colonial Heritage Eagle Fox Deer Quail Pheasant Robin Bluebird
Stone Quarry Cobblestone Windmill Wagon Saddle Mustang 1st 2nd 3rd 4th 5th 6th 7th 8th 9th
10th 11th 12th 14th 16th 18th 20th 23rd 42nd
"""
)
STREET_KINDS = {
    "Street": ("St", 0.32),
    "Avenue": ("Ave", 0.20),
    "Road": ("Rd", 0.13),
    "Drive": ("Dr", 0.14),
    "Lane": ("Ln", 0.08),
    "Court": ("Ct", 0.06),
    "Boulevard": ("Blvd", 0.03),
    "Place": ("Pl", 0.02),
    "Way": ("Way", 0.02),
}
TOWN_STARTS = words(
    """
Spring Green Fair Clear North South West East Oak Maple Cedar River Lake Hill Glen Bridge
Mill Stone Ash Wood Brook Rock Red White Silver Grand Frank Madi Jeffer Wash George James
Charles William Henry Abing Arling Bur Clin Day Dan Hamil Har Lexing Mor New Prince Win
"""
)
TOWN_ENDS = words("ton ville field wood port burg ford land dale view mont haven bury side son")
SUFFIXES = {"Sr": ("Sr", "Sr.", "Senior"), "Jr": ("Jr", "Jr.", "Junior")}
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How a system is filled in: the share of the people who are in it, of records with a value."""

    share: float
    birth_date: float
    email: float
    mobile: float
    landline: float
    address: float
    postal_only: float
    nickname: float
    slip: float
    is_split: bool


HABITS = {
    "crm": Habits(0.62, 0.88, 0.70, 0.64, 0.36, 0.90, 0.50, 0.08, 0.025, True),
    "billing": Habits(0.58, 0.76, 0.50, 0.48, 0.46, 0.97, 0.00, 0.02, 0.020, False),
    "web": Habits(0.60, 0.64, 0.98, 0.52, 0.08, 0.76, 0.50, 0.12, 0.030, True),
    "support": Habits(0.46, 0.60, 0.60, 0.74, 0.36, 0.64, 0.60, 0.14, 0.040, False),
}


@dataclass(slots=True)
class Home:
    """A dwelling and its landline, which is empty where there is none."""

    number: str
    street: str
    kind: str
    unit: str
    town: Town
    postal_code: str
    landline: str


@dataclass(frozen=True, slots=True)
class Town:
    """A place with its postal codes and the area codes of its telephones."""

    name: str
    state: str
    postal_codes: tuple[str, ...]
    area_codes: tuple[str, ...]


@dataclass(slots=True)
class Person:
    """One human being; times are shares of the years that the records span."""

    number: int
    sex: str
    family: str
    given: str
    middle: str
    suffix: str
    born: tuple[int, int, int]
    homes: list[Home]
    moved_at: float
    mobiles: list[str]
    emails: list[str]
    former_family: str = ""
    married_at: float = 0.0
    shared_email: str = ""
    office_phone: str = ""

    @property
    def party_id(self) -> str:
        """The person's name in the truth."""
        return f"person-{self.number:06d}"


class Chance:
    """Choices from one random stream."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def below(self, bound: int) -> int:
        """A whole number in [0, bound)."""
        return int(self.random() * bound)

    def pick(self, items: Sequence[T]) -> T:
        """One item, each equally likely."""
        return items[int(self.random() * len(items))]

    def weighted(self, items: Mapping[T, float]) -> Callable[[], T]:
        """A chooser among the items, each as likely as its weight says."""
        values = list(items)
        cumulative = list(accumulate(items.values()))
        total, random = cumulative[-1], self.random
        return lambda: values[min(bisect_right(cumulative, random() * total), len(values) - 1)]

    def ranked(self, items: Sequence[T], exponent: float) -> Callable[[], T]:
        """A chooser among items in order of frequency: rank r weighs (r + 3) ^ −exponent."""
        return self.weighted(
            {item: (rank + 3.0) ** -exponent for rank, item in enumerate(dict.fromkeys(items))}
        )


def records(people: int = PEOPLE, seed: int = _SEED) -> list[Record]:
    """The records of so many people, in an order that says nothing."""
    chance = Chance(seed)
    writer = _Writer(chance)
    found: list[Record] = []
    for person in _Population(chance, people).people():
        found.extend(writer.records(person))
    order = Chance(seed + 1)
    for last in range(len(found) - 1, 0, -1):
        other = order.below(last + 1)
        found[last], found[other] = found[other], found[last]
    return found


class _Population:
    """Households of one to six people."""

    def __init__(self, chance: Chance, size: int) -> None:
        self._chance = chance
        self._size = size
        self._emails: set[str] = set()
        self._lines: set[str] = set()
        self._houses: list[Home] = []
        common_surname = chance.weighted(FakerNames.last_names)
        rare_surname = chance.ranked(rare_surnames(), 0.75)
        self._surname: Callable[[], str] = lambda: (
            common_surname() if chance.random() < COMMON_SURNAME_SHARE else rare_surname()
        )
        self._given = {
            "f": self._given_names(
                FakerNames.first_names_female, FakerRareNames.first_names_female
            ),
            "m": self._given_names(FakerNames.first_names_male, FakerRareNames.first_names_male),
        }
        self._town = chance.ranked(self._towns(max(12, size // PEOPLE_PER_TOWN)), 0.6)
        self._street = chance.ranked(STREET_NAMES, 0.6)
        self._kind = chance.weighted({kind: share for kind, (_, share) in STREET_KINDS.items()})
        self._provider = chance.weighted(PROVIDERS)
        self._household_size = chance.weighted(
            {1: 0.36, 2: 0.31, 3: 0.14, 4: 0.12, 5: 0.05, 6: 0.02}
        )
        self._offices = [self._line(self._town()) for _ in range(max(2, size // PEOPLE_PER_OFFICE))]

    def people(self) -> Iterator[Person]:
        number = 0
        while number < self._size:
            for person in self._household(number, self._size - number):
                yield person
                number += 1

    def _household(self, first: int, room: int) -> list[Person]:
        chance, random = self._chance, self._chance.random
        size = min(self._household_size(), room)
        homes, moved_at = [self._home()], 0.0
        if random() < 0.22:
            homes.insert(0, self._home())
            moved_at = random()
        family = self._surname()
        age = 20 + chance.below(62) if size == 1 else 30 + chance.below(48)
        people: list[Person] = []
        for index in range(size):
            is_child = index >= 2 or (index == 1 and random() < 0.12)
            if not is_child:
                sex = "fm"[chance.below(2)] if index == 0 or random() < 0.04 else ""
                sex = sex or ("m" if people[0].sex == "f" else "f")
                born = self._born(age if index == 0 else max(19, age + chance.below(12) - 6))
            else:
                sex = "fm"[chance.below(2)]
                born = self._born(max(15, age - 22 - chance.below(16)))
            given, suffix = self._given[sex](), ""
            while any(given == other.given for other in people):
                given = self._given[sex]()
            father = next((p for p in people[:2] if p.sex == "m"), None)
            if is_child:
                if index > 2 and random() < 0.05:
                    born = people[-1].born
                elif father and sex == "m" and not father.suffix and random() < 0.025:
                    given, suffix, father.suffix = father.given, "Jr", "Sr"
            own_family = family
            if index == 1 and not is_child and random() < 0.18:
                own_family = self._surname()
            person = Person(
                number=first + index,
                sex=sex,
                family=own_family,
                given=given,
                middle=chance.pick("ABCDEFGHJKLMNPRSTW") if random() < 0.6 else "",
                suffix=suffix,
                born=born,
                homes=homes,
                moved_at=moved_at,
                mobiles=[self._line(homes[0].town)],
                emails=[],
            )
            self._fill(person)
            people.append(person)
        if size > 1 and random() < 0.12:
            shared = self._unique(f"the{_plain(family)}s")
            for person in people:
                if random() < 0.7:
                    person.shared_email = shared
        return people

    def _fill(self, person: Person) -> None:
        """Changes of name, number and home, and the person's own addresses."""
        chance, random = self._chance, self._chance.random
        if person.sex == "f" and random() < 0.09:
            person.former_family, person.married_at = self._surname(), random()
        if random() < 0.06:
            # moved out, or in, alone
            person.homes, person.moved_at = [self._home(), person.homes[-1]], random()
        if random() < 0.12:
            person.mobiles.append(self._line(person.homes[0].town))
        if random() < 0.02:
            person.office_phone = chance.pick(self._offices)
        person.emails = [self._email(person) for _ in range(2 if random() < 0.35 else 1)]

    def _born(self, age: int) -> tuple[int, int, int]:
        chance = self._chance
        return _THIS_YEAR - age, 1 + chance.below(12), 1 + chance.below(28)

    def _given_names(self, common: Mapping[str, float], others: Sequence[str]) -> Callable[[], str]:
        chance = self._chance
        frequent = chance.weighted(common)
        rare = chance.ranked([name for name in others if name not in common], 0.4)
        return lambda: frequent() if chance.random() < COMMON_GIVEN_SHARE else rare()

    def _towns(self, count: int) -> list[Town]:
        chance = self._chance
        ranges = sorted(FakerAddresses.states_postcode.items())
        states = [(state, low, high) for state, (low, high) in ranges]
        towns = []
        for rank in range(count):
            state, low, high = chance.pick(states)
            name = chance.pick(TOWN_STARTS) + chance.pick(TOWN_ENDS)
            codes = 1 + 12 // (rank + 1) + chance.below(4)
            start = low + chance.below(max(1, high - low - codes))
            towns.append(
                Town(
                    name,
                    state,
                    tuple(f"{start + offset:05d}" for offset in range(codes)),
                    tuple(str(201 + chance.below(780)) for _ in range(1 + (rank < 20))),
                )
            )
        return towns

    def _home(self) -> Home:
        chance, random = self._chance, self._chance.random
        if self._houses and random() < 0.10:
            # another flat of a house where somebody lives already
            house = chance.pick(self._houses)
            return Home(
                house.number,
                house.street,
                house.kind,
                self._unit(),
                house.town,
                house.postal_code,
                self._line(house.town) if random() < 0.45 else "",
            )
        town = self._town()
        street = self._street()
        if random() < 0.15:
            street = f"{chance.pick(('North', 'South', 'East', 'West'))} {street}"
        home = Home(
            number=str(1 + int(random() ** 2.2 * 9800)),
            street=street,
            kind=self._kind(),
            unit=self._unit() if random() < 0.22 else "",
            town=town,
            postal_code=chance.pick(town.postal_codes),
            landline=self._line(town) if random() < 0.55 else "",
        )
        if home.unit:
            self._houses.append(home)
        return home

    def _unit(self) -> str:
        chance = self._chance
        return f"{1 + chance.below(30)}" + (chance.pick("ABCD") if chance.random() < 0.4 else "")

    def _line(self, town: Town) -> str:
        """Ten digits that nobody else has; exchange 555 is not given to subscribers."""
        chance = self._chance
        area = chance.pick(town.area_codes)
        while True:
            line = f"{area}555{chance.below(10000):04d}"
            if line not in self._lines:
                self._lines.add(line)
                return line
            area = str(201 + chance.below(780))

    def _email(self, person: Person) -> str:
        chance = self._chance
        family = _plain(person.former_family or person.family)
        given = _plain(person.given)
        year, month, day = person.born
        kind = chance.below(20)
        if kind < 4:
            local = f"{given}.{family}"
        elif kind < 7:
            local = f"{given[0]}{family}"
        elif kind < 9:
            local = f"{given}{family}{year % 100:02d}"
        elif kind < 11:
            local = f"{given[0]}{family}{chance.below(1000)}"
        elif kind < 12:
            local = f"{given}_{family}"
        elif kind < 14:
            local = f"{given}{year % 100:02d}{month:02d}"
        elif kind < 15:
            local = f"{family}.{given}"
        elif kind < 16:
            local = f"{given}{family[0]}{day}"
        else:
            local = f"{chance.pick(HANDLES)}{chance.pick(HANDLES)}{chance.below(1000)}"
        return self._unique(local)

    def _unique(self, local: str) -> str:
        """An address that nobody else has."""
        address = f"{local}@{self._provider()}"
        while address in self._emails:
            local += str(self._chance.below(10))
            address = f"{local}@{self._provider()}"
        self._emails.add(address)
        return address


class _Writer:
    """Writes people into systems."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._random = chance.random
        self._nicknames = nicknames()
        self._next_key = 0

    def records(self, person: Person) -> Iterator[Record]:
        random = self._random
        systems = [system for system in SYSTEMS if random() < HABITS[system].share]
        if systems and random() < 0.035:
            # registered twice
            systems.append(self._chance.pick(systems))
        for system in systems or [self._chance.pick(SYSTEMS)]:
            yield self._record(person, system)

    def _record(self, person: Person, system: str) -> Record:
        random, habits = self._random, HABITS[system]
        # every key is used once; the step scatters them
        self._next_key += 1
        key = f"{system[0].upper()}{self._next_key * 7_654_321 % 99_999_989:08d}"
        record = Record(person.party_id, system, key)
        when = random()
        is_before_move = len(person.homes) > 1 and when < person.moved_at
        home = person.homes[0] if is_before_move else person.homes[-1]
        self._name(record, person, system, when)
        if random() < habits.birth_date:
            record.birth_date = self._birth_date(person.born, habits.slip)
        if random() < habits.email:
            record.emails = [self._email(person, when, habits.slip)]
        phones = []
        if random() < habits.mobile:
            phones.append(self._phone(person.mobiles[0 if when < 0.5 else -1], habits.slip))
        if home.landline and random() < habits.landline:
            phones.append(self._phone(home.landline, habits.slip))
        if person.office_phone and random() < 0.4:
            phones.append(self._phone(person.office_phone, 0.0))
        record.phones = phones
        if random() < habits.address:
            self._address(record, home, habits.slip)
        elif random() < habits.postal_only:
            record.postal_code, record.country_code = home.postal_code, "US"
        if random() < 0.25:
            record.gender = person.sex.upper()
        if random() < 0.01:
            self._placeholder(record)
        if not (record.emails or record.phones or record.birth_date or record.street_address):
            # nobody keeps a record of nothing but a name
            record.phones = [self._phone(person.mobiles[0 if when < 0.5 else -1], habits.slip)]
        return record

    def _name(self, record: Record, person: Person, system: str, when: float) -> None:
        random, habits = self._random, HABITS[system]
        family = person.family
        if person.former_family:
            if when < person.married_at:
                family = person.former_family
            elif random() < 0.08:
                family = f"{person.former_family}-{person.family}"
        given = person.given
        if random() < habits.nickname and given in self._nicknames:
            given = self._chance.pick(self._nicknames[given])
        elif random() < 0.02:
            given = given[0] + ("." if random() < 0.5 else "")
        if random() < habits.slip:
            family = self._slip(family)
        if random() < habits.slip:
            given = self._slip(given)
        suffix = ""
        if person.suffix and random() < 0.6:
            suffix = self._chance.pick(SUFFIXES[person.suffix])
        if random() < 0.006:
            family, given = given, family
        if system == "web" and random() < 0.03:
            record.given_name = given
            return
        middle = person.middle if random() < (0.35 if system == "billing" else 0.08) else ""
        if habits.is_split and random() < 0.9:
            record.given_name = f"{given} {middle}".strip()
            record.family_name = f"{family} {suffix}".strip()
            if random() < 0.04:
                record.given_name = record.given_name.lower()
                record.family_name = record.family_name.lower()
            return
        if random() < 0.15:
            text = f"{family}, {given} {middle}".strip()
        else:
            text = " ".join(part for part in (given, middle, family, suffix) if part)
        record.full_name = text.upper() if random() < 0.25 else text

    def _birth_date(self, born: tuple[int, int, int], slip: float) -> str:
        random = self._random
        year, month, day = born
        if random() < slip * 0.35:
            kind = self._chance.below(4)
            if kind == 0 and day <= 12:
                month, day = day, month
            elif kind == 1:
                day = min(28, day % 10 * 10 + day // 10) or day
            elif kind == 2:
                year += self._chance.pick((-10, -1, 1, 10))
            else:
                day = 1 + (day + self._chance.below(9)) % 28
        elif random() < 0.006:
            month = day = 1
        if random() < 0.75:
            return f"{year}-{month:02d}-{day:02d}"
        return f"{month:02d}/{day:02d}/{year}"

    def _email(self, person: Person, when: float, slip: float) -> str:
        random = self._random
        if person.shared_email and random() < 0.35:
            address = person.shared_email
        else:
            address = person.emails[0 if when < 0.65 else -1]
        if random() < slip * 0.4:
            local, domain = address.split("@")
            address = f"{self._slip(local)}@{domain}"
        return address.upper() if random() < 0.03 else address

    def _phone(self, digits: str, slip: float) -> str:
        if self._random() < slip * 0.25:
            at = 6 + self._chance.below(3)
            digits = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        kind = self._chance.below(10)
        if kind < 4:
            return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        if kind < 7:
            return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        if kind < 9:
            return digits
        return f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}"

    def _address(self, record: Record, home: Home, slip: float) -> None:
        random = self._random
        street, kind, number = home.street, home.kind, home.number
        if random() < slip:
            street = self._slip(street)
        if random() < slip * 0.3 and len(number) > 1:
            number = number[:-2] + number[-1] + number[-2]
        if random() < 0.5:
            kind = STREET_KINDS[kind][0] + ("." if random() < 0.2 else "")
        if street[:5] in ("North", "South") and random() < 0.5:
            street = street[0] + street[5:]
        line = f"{number} {street} {kind}"
        if random() < 0.02:
            line = f"{number} {street}"
        if home.unit and random() < 0.75:
            line += self._chance.pick((" Apt ", ", Apt. ", " #", " Unit ")) + home.unit
        record.street_address, record.locality = line, home.town.name
        record.region, record.country_code = home.town.state, "US"
        if random() < 0.92:
            record.postal_code = home.postal_code
            if random() < 0.08:
                record.postal_code += f"-{1000 + self._chance.below(9000)}"
            elif random() < slip * 0.3:
                record.postal_code = (
                    home.postal_code[:3] + home.postal_code[4] + home.postal_code[3]
                )
        if random() < 0.06:
            record.street_address = record.street_address.upper()
            record.locality = record.locality.upper()

    def _placeholder(self, record: Record) -> None:
        """What a clerk types where the form insists."""
        kind = self._chance.below(3)
        if kind == 0:
            record.emails = ["noemail@example.com"]
        elif kind == 1:
            record.phones = [self._chance.pick(("000-000-0000", "(999) 999-9999"))]
        else:
            record.birth_date = "1900-01-01"

    def _slip(self, text: str) -> str:
        """One slip: a neighbouring key, a swap, a lost or a doubled letter."""
        if len(text) < 3:
            return text
        at = 1 + self._chance.below(len(text) - 2) if len(text) > 3 else 1
        kind = self._chance.below(10)
        if kind < 3 and text[at] in NEIGHBOURS:
            return text[:at] + self._chance.pick(NEIGHBOURS[text[at]]) + text[at + 1 :]
        if kind < 6:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if kind < 8:
            return text[:at] + text[at + 1 :]
        return text[:at] + text[at] + text[at:]


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isascii() and c.isalpha())


@cache
def rare_surnames() -> list[str]:
    """Invented surnames of usual making, in an order that stands for their frequency."""
    names = [start + end for start in _SURNAME_STARTS for end in _SURNAME_ENDS]
    Random(_SEED).shuffle(names)
    return names


@cache
def nicknames() -> dict[str, list[str]]:
    """Formal name → its nicknames, from the project's own list."""
    path = resources.files("customer360.lexica") / "nicknames.csv"
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        found.setdefault(row["formal"].capitalize(), []).append(row["nickname"].capitalize())
    return found
