"""What happens to a value on its way into a system: typing errors, scripts, placeholders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from customer360.demo.contact_details import (
    PLACEHOLDER_BIRTH_DATES,
    PLACEHOLDER_EMAILS,
    PLACEHOLDER_PHONES,
    write_phone,
)
from customer360.demo.dice import Dice
from customer360.demo.japanese_names import variant
from customer360.demo.kana import ROMANISATIONS, half_width, hiragana, romaji
from customer360.demo.people import NamePart, Person
from customer360.demo.places import WrittenAddress, write_address
from customer360.demo.western_names import NICKNAMES

KANJI, KANA, HALF_KANA, HIRAGANA, ROMAJI = "kanji", "kana", "half_kana", "hiragana", "romaji"

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of record is filled in: the share of records that have a value, and its dirt."""

    scripts: dict[str, float] = field(default_factory=lambda: {KANJI: 1.0})
    reading: float = 0.0
    email: float = 0.9
    work_email: float = 0.0
    mobile: float = 0.75
    landline: float = 0.35
    office_phone: float = 0.0
    birth_date: float = 0.3
    address: float = 0.6
    office_address: float = 0.0
    typo: float = 0.04
    nickname: float = 0.12
    unspaced: float = 0.0
    swapped: float = 0.01
    initial_only: float = 0.01
    placeholder: float = 0.02


#: a record filled in with care: everything present, nothing wrong
CLEAN = Profile(
    email=1.0,
    mobile=1.0,
    landline=1.0,
    birth_date=1.0,
    address=1.0,
    typo=0.0,
    nickname=0.0,
    swapped=0.0,
    initial_only=0.0,
    placeholder=0.0,
)


@dataclass(slots=True)
class Typed:
    """What one record says about a person; empty text where it says nothing."""

    family: str
    given: str
    script: str
    family_reading: str
    given_reading: str
    email: str
    mobile: str
    landline: str
    office_phone: str
    birth_date: str
    sex: str
    address: WrittenAddress

    @property
    def full(self) -> str:
        """The name in the order of its script: 田中太郎, Taro Tanaka."""
        if self.script == ROMAJI:
            return f"{self.given} {self.family}".strip()
        return f"{self.family}{self.given}"


NO_ADDRESS = WrittenAddress("", "", "", "", "")


def typo(text: str, dice: Dice) -> str:
    """The text with one slip: a neighbouring key, a swap, a lost or a doubled letter."""
    if len(text) < 4 or not text.isascii():
        return text
    at = dice.between(1, len(text) - 2)
    kind = dice.pick_weighted({"neighbour": 3.0, "swap": 3.0, "lost": 2.0, "doubled": 2.0})
    if kind == "neighbour" and text[at].lower() in _NEIGHBOURS:
        return text[:at] + dice.pick(_NEIGHBOURS[text[at].lower()]) + text[at + 1 :]
    if kind == "swap":
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "doubled":
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1 :]


def slip_of_digits(number: str, dice: Dice) -> str:
    """The date or number with its last two digits exchanged (or the last one changed)."""
    if number[-2:-1] != number[-1:] and number[-2:].isdigit():
        return number[:-2] + number[-1] + number[-2]
    return number


def appear(person: Person, when: datetime, profile: Profile, dice: Dice) -> Typed:
    """How the person is written down in a record of that time and kind."""
    script = dice.pick_weighted(profile.scripts) if person.country == "JP" else ROMAJI
    family, given = _names(person, when, profile, script, dice)
    reading = person.country == "JP" and dice.chance(profile.reading)
    family_part = person.family_at(when)
    if dice.chance(profile.unspaced) and person.country == "JP" and script != ROMAJI:
        family, given = family + given, ""
    elif dice.chance(profile.swapped):
        family, given = given, family
    address, landline = person.home_at(when)
    written = NO_ADDRESS
    if person.employer is not None and dice.chance(profile.office_address):
        written = write_address(person.employer.address, dice)
    elif dice.chance(profile.address):
        written = write_address(address, dice, "latin" if script == ROMAJI else "native")
    return Typed(
        family=family,
        given=given,
        script=script,
        family_reading=_reading(family_part, profile, dice) if reading else "",
        given_reading=_reading(person.given, profile, dice) if reading else "",
        email=_email(person, profile, dice),
        mobile=_phone(person, person.mobile_at(when), profile, profile.mobile, dice),
        landline=_phone(person, landline, profile, profile.landline, dice),
        office_phone=_office_phone(person, profile, dice),
        birth_date=_birth_date(person, profile, dice),
        sex=person.sex if dice.chance(0.7) else "",
        address=written,
    )


def _names(
    person: Person, when: datetime, profile: Profile, script: str, dice: Dice
) -> tuple[str, str]:
    family, given = person.family_at(when), person.given
    if person.country == "JP":
        return _japanese(person, family, profile, script, dice)
    written_family, written_given = family.written, given.written
    if dice.chance(profile.nickname) and written_given in NICKNAMES:
        written_given = dice.pick(NICKNAMES[written_given])
    elif dice.chance(profile.initial_only):
        written_given = written_given[0] + "."
    elif person.middle_initial and dice.chance(0.15):
        written_given = f"{written_given} {person.middle_initial}."
    if person.suffix and dice.chance(0.5):
        written_family = f"{written_family} {person.suffix}"
    if dice.chance(profile.typo):
        written_family = typo(written_family, dice)
    if dice.chance(profile.typo):
        written_given = typo(written_given, dice)
    if person.country in ("DE", "FR") and dice.chance(0.3 if profile.typo else 0.0):
        written_family, written_given = _plain(written_family), _plain(written_given)
    if profile.typo and dice.chance(0.05):
        if dice.chance(0.5):
            written_family, written_given = written_family.upper(), written_given.upper()
        else:
            written_family, written_given = written_family.lower(), written_given.lower()
    return written_family, written_given


def _japanese(
    person: Person, family: NamePart, profile: Profile, script: str, dice: Dice
) -> tuple[str, str]:
    given = person.given
    if script == KANJI:
        written = variant(family.written) if dice.chance(profile.typo) else family.written
        return written, given.written
    if script == ROMAJI:
        style = person.romanisation if dice.chance(0.8) else dice.pick(ROMANISATIONS)
        latin_family, latin_given = romaji(family.kana, style), romaji(given.kana, style)
        if dice.chance(profile.typo):
            latin_given = typo(latin_given, dice)
        form = dice.pick_weighted({"usual": 6.0, "family_upper": 3.0, "upper": 1.0, "lower": 0.5})
        if form in ("family_upper", "upper"):
            latin_family = latin_family.upper()
        if form == "upper":
            latin_given = latin_given.upper()
        if form == "lower":
            latin_family, latin_given = latin_family.lower(), latin_given.lower()
        return latin_family, latin_given
    return in_kana(family.kana, script), in_kana(given.kana, script)


def in_kana(katakana: str, script: str) -> str:
    """The katakana in one of the three kana scripts."""
    if script == HALF_KANA:
        return half_width(katakana)
    return hiragana(katakana) if script == HIRAGANA else katakana


def _reading(part: NamePart, profile: Profile, dice: Dice) -> str:
    form = dice.pick_weighted({KANA: 8.0, HALF_KANA: 1.2, HIRAGANA: 0.8})
    return in_kana(part.kana, form)


def _plain(text: str) -> str:
    spelled = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ö": "Oe"})
    accents = str.maketrans("éèêëçàâîïôûÉÈÊ", "eeeecaaiiouEEE")
    return text.translate(spelled).translate(accents)


def _email(person: Person, profile: Profile, dice: Dice) -> str:
    if dice.chance(profile.placeholder * 0.5):
        return dice.pick(PLACEHOLDER_EMAILS)
    if not dice.chance(profile.email):
        return ""
    if person.employer is not None and dice.chance(profile.work_email):
        return person.employer.mailbox if person.uses_mailbox else person.work_email
    if person.uses_shared_email and dice.chance(0.6):
        address = person.household.shared_email
    elif person.second_email and dice.chance(0.2):
        address = person.second_email
    else:
        address = person.email
    if dice.chance(profile.typo * 0.4):
        local, domain = address.split("@")
        return f"{typo(local, dice)}@{domain}"
    if profile.typo and dice.chance(0.06):
        return (
            address.upper() if dice.chance(0.3) else address.title().replace("Example", "example")
        )
    return address


def _phone(person: Person, number: str, profile: Profile, share: float, dice: Dice) -> str:
    if not dice.chance(share):
        return dice.pick(PLACEHOLDER_PHONES) if dice.chance(profile.placeholder) else ""
    return write_phone(number, person.country, dice)


def _office_phone(person: Person, profile: Profile, dice: Dice) -> str:
    employer = person.employer
    if employer is None or not dice.chance(profile.office_phone):
        return ""
    number = person.direct_line or employer.switchboard
    written = write_phone(number, employer.country, dice)
    if not person.direct_line and dice.chance(0.2):
        extension = Dice(person.number, "extension").between(100, 899)
        return f"{written} {'内線' if employer.country == 'JP' else 'x'}{extension}"
    return written


def _birth_date(person: Person, profile: Profile, dice: Dice) -> str:
    if not dice.chance(profile.birth_date):
        if dice.chance(profile.placeholder):
            return dice.pick(PLACEHOLDER_BIRTH_DATES)
        return ""
    written = person.birth_date.isoformat()
    if dice.chance(profile.typo * 0.5):
        slipped = slip_of_digits(written, dice)
        return slipped if slipped[-2:] <= "28" and slipped[-2:] != "00" else written
    return written
