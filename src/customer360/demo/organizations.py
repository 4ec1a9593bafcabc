"""Companies: their names in every spelling, offices, switchboards, web domains."""

from __future__ import annotations

from dataclasses import dataclass, field

from customer360.demo.contact_details import PhoneBook
from customer360.demo.dice import Dice
from customer360.demo.japanese_names import SURNAMES as JAPANESE_SURNAMES
from customer360.demo.kana import romaji
from customer360.demo.places import Address, new_address
from customer360.demo.western_names import LANGUAGE_OF_COUNTRY
from customer360.demo.western_names import SURNAMES as WESTERN_SURNAMES

INDUSTRIES = {
    "Manufacturing": ("製作所", "Manufacturing", "Maschinenbau", "Industries"),
    "Retail": ("商店", "Retail", "Handel", "Distribution"),
    "Construction": ("建設", "Builders", "Bau", "Construction"),
    "Technology": ("テクノ", "Systems", "Systeme", "Informatique"),
    "Food & Beverage": ("食品", "Foods", "Lebensmittel", "Gourmet"),
    "Logistics": ("運輸", "Logistics", "Spedition", "Transports"),
    "Consulting": ("総研", "Consulting", "Beratung", "Conseil"),
    "Trading": ("商事", "Trading", "Handelskontor", "Négoce"),
    "Electronics": ("電機", "Electric", "Elektronik", "Électronique"),
    "Chemicals": ("化学", "Chemicals", "Chemie", "Chimie"),
}
_INDUSTRY_KANA = {
    "製作所": "セイサクショ",
    "商店": "ショウテン",
    "建設": "ケンセツ",
    "テクノ": "テクノ",
    "食品": "ショクヒン",
    "運輸": "ウンユ",
    "総研": "ソウケン",
    "商事": "ショウジ",
    "電機": "デンキ",
    "化学": "カガク",
}
_STEMS = (
    "Northwind|Summit|Bluestone|Harbor|Redwood|Keystone|Pioneer|Falcon|Granite|Silverline|Evergreen|"
    "Cascade|Ironbridge|Beacon|Meridian|Lakeshore|Sterling|Copper|Atlas|Horizon"
)
_LEGAL_FORMS = {
    "US": ("Inc.", "LLC", "Corp.", "Co."),
    "GB": ("Ltd", "Limited", "PLC"),
    "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "FR": ("SARL", "SAS", "SA"),
}
_COLUMN = {"JP": 0, "US": 1, "GB": 1, "DE": 2, "FR": 3}


@dataclass(slots=True)
class Organization:
    """One company."""

    number: int
    country: str
    brand: str
    legal_form: str
    latin_brand: str
    domain: str
    address: Address
    switchboard: str
    industry: str
    is_form_first: bool = False
    switchboard_is_shared: bool = False
    spellings: dict[str, str] = field(default_factory=dict)

    @property
    def party_id(self) -> str:
        """The organization's name in the truth."""
        return f"organization-{self.number:05d}"

    @property
    def name(self) -> str:
        """The registered name."""
        if self.country == "JP":
            if self.is_form_first:
                return self.legal_form + self.brand
            return self.brand + self.legal_form
        return f"{self.brand} {self.legal_form}".strip()

    @property
    def mailbox(self) -> str:
        """The address that everybody in the office may give."""
        return f"info@{self.domain}"


def build_organizations(
    count: int, seed: int, phones: PhoneBook, existing: list[Organization]
) -> list[Organization]:
    """Companies that fill up to `count` with the existing ones; domains are unique."""
    organizations: list[Organization] = []
    taken = {organization.domain for organization in existing}
    for number in range(len(existing) + 1, count + 1):
        dice = Dice(seed, "organization", number)
        country = dice.pick_weighted({"JP": 0.5, "US": 0.25, "GB": 0.1, "DE": 0.08, "FR": 0.07})
        organization = _new_organization(number, country, dice, phones, taken)
        taken.add(organization.domain)
        organizations.append(organization)
    return organizations


def _new_organization(
    number: int, country: str, dice: Dice, phones: PhoneBook, taken: set[str]
) -> Organization:
    industry = dice.pick(list(INDUSTRIES))
    trade = INDUSTRIES[industry][_COLUMN[country]]
    if country == "JP":
        family = dice.pick(JAPANESE_SURNAMES)
        brand = family.kanji + trade
        latin_brand = f"{romaji(family.kana)} {romaji(_INDUSTRY_KANA[trade])}"
        legal_form = dice.pick_weighted({"株式会社": 0.8, "有限会社": 0.12, "合同会社": 0.08})
    else:
        surnames = WESTERN_SURNAMES[LANGUAGE_OF_COUNTRY[country]]
        if country in ("US", "GB") and dice.chance(0.4):
            stem = dice.pick(_STEMS.split("|"))
        else:
            stem = dice.pick(surnames)
        if dice.chance(0.2):
            stem = f"{stem} & {dice.pick(surnames)}"
        brand = f"{stem} {trade}"
        latin_brand = brand
        legal_form = dice.pick(_LEGAL_FORMS[country])
    label, top = _label(latin_brand), "jp" if country == "JP" else "com"
    if f"{label}.example.{top}" in taken:
        # a second company of one name: tell them apart as a register would
        place = new_address(country, dice).town
        brand = (place.district if country == "JP" else f"{place.city} ") + brand
        latin_brand = f"{place.district_latin or place.city} {latin_brand}"
        label = _label(latin_brand)
    while f"{label}.example.{top}" in taken:
        label += str(dice.between(2, 9))
    address = new_address(country, dice, is_office=True)
    return Organization(
        number=number,
        country=country,
        brand=brand,
        legal_form=legal_form,
        latin_brand=latin_brand,
        domain=f"{label}.example.{top}",
        address=address,
        switchboard=phones.landline(address.town),
        industry=industry,
        is_form_first=country == "JP" and dice.chance(0.6),
        switchboard_is_shared=dice.chance(0.5),
    )


def _label(name: str) -> str:
    """The company's name as a host name."""
    folded = name.lower().translate(str.maketrans("äöüéèêëçàâîïôûñ", "aoueeeecaaiioun"))
    return "".join(c for c in folded.replace("ß", "ss") if c.isascii() and c.isalnum())


def write_name(organization: Organization, dice: Dice) -> str:
    """The name as somebody typed it: legal form short, missing or in front; romaji; typos."""
    form = dice.pick_weighted({"registered": 5.0, "short": 2.0, "bare": 1.5, "latin": 1.0})
    if organization.country == "JP":
        if form == "short" and organization.legal_form in ("株式会社", "有限会社"):
            sign = {"株式会社": "㈱", "有限会社": "(有)"}[organization.legal_form]
            if organization.is_form_first:
                return sign + organization.brand
            return organization.brand + sign
        if form == "bare":
            return organization.brand
        if form == "latin":
            return f"{organization.latin_brand} {dice.pick(('Co., Ltd.', 'K.K.', 'Inc.'))}"
        return organization.name
    if form == "short":
        return f"{organization.brand}, {organization.legal_form}".replace("&", "and")
    if form == "bare":
        return organization.brand
    if form == "latin":
        return organization.name.upper()
    return organization.name


def parents_of(organizations: list[Organization]) -> dict[int, int]:
    """Groups of four among the companies that are no named case: child → parent, by number.

    The first of a group is above the second and the third, the second above the fourth.
    """
    numbers = [each.number for each in organizations if not each.spellings]
    parents: dict[int, int] = {}
    for start in range(0, min(len(numbers), 80) - 3, 8):
        top, second, third, fourth = numbers[start : start + 4]
        parents |= {second: top, third: top, fourth: second}
    return parents
