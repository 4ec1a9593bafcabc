"""Organizations over three systems: legal forms, branches, groups, new names, abbreviations.

crm is what sales people type, billing what the ledger has (most registration numbers are there),
portal what visitors fill in (mail addresses and websites). Half of the organizations are Japanese,
the others American, German, British and French.

A party is a legal person:

- a branch is its company at another site (same registration number; its own address and often its
  own telephone): the same party;
- a subsidiary is another legal person, whatever it shares with its group (part of the name, web
  domain, address, switchboard): another party;
- two companies of one name in different towns are two parties.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bench.households import rare_surnames
from bench.japanese import real_names
from bench.party_file import Record
from bench.word_lists import lines, phrases
from customer360.demo.contact_details import write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import slip_of_digits, typo
from customer360.demo.kana import full_width_ascii, half_width, romaji
from customer360.demo.places import Address, Town, WrittenAddress, new_address, write_address
from customer360.demo.western_names import LANGUAGE_OF_COUNTRY, SURNAMES

SYSTEMS = ("crm", "billing", "portal")
ORGANIZATIONS = 8600
_SEED = 20261103

_COUNTRIES = {"JP": 0.5, "US": 0.22, "DE": 0.12, "GB": 0.09, "FR": 0.07}
_SHARES = {"crm": 0.82, "billing": 0.74, "portal": 0.52}

# (kanji, kana, English)
_JAPANESE_TRADES = lines(
    """
商事|ショウジ|Trading
建設|ケンセツ|Construction
製作所|セイサクショ|Manufacturing
工業|コウギョウ|Industries
電機|デンキ|Electric
電子|デンシ|Electronics
化学|カガク|Chemical
食品|ショクヒン|Foods
運輸|ウンユ|Transport
物流|ブツリュウ|Logistics
不動産|フドウサン|Real Estate
印刷|インサツ|Printing
精機|セイキ|Precision
鉄工所|テッコウショ|Ironworks
薬品|ヤクヒン|Pharma
酒造|シュゾウ|Sake Brewing
水産|スイサン|Fisheries
農園|ノウエン|Farms
木材|モクザイ|Lumber
塗装|トソウ|Painting
設備|セツビ|Facilities
警備|ケイビ|Security
観光|カンコウ|Tourism
総研|ソウケン|Research
システム|システム|Systems
テクノ|テクノ|Techno
サービス|サービス|Services
デザイン|デザイン|Design
"""
)
_TRADES = {
    "US": """Plumbing|Roofing|Logistics|Consulting|Manufacturing|Electric|Dental Care|Insurance
Construction|Foods|Software|Systems|Realty|Landscaping|Auto Parts|Trucking|Industries|Supply
Machine Works|Printing|Farms|Marketing|Pharmaceuticals|Medical Group|Brewing|Engineering""",
    "GB": """Builders|Consulting|Logistics|Motors|Engineering|Foods|Textiles|Scaffolding|Software
Property Management|Catering|Roofing|Accountancy|Haulage|Printing|Dental Practice|Joinery""",
    "DE": """Maschinenbau|Spedition|Bau|Elektrotechnik|Lebensmittel|Beratung|Immobilien|Druckerei
Metallbau|Software|Gartenbau|Dachdecker|Apotheke|Logistik|Chemie|Medizintechnik|Sanitär""",
    "FR": """Transports|Conseil|Bâtiment|Informatique|Boulangerie|Immobilier|Plomberie|Chimie
Électricité|Menuiserie|Distribution|Imprimerie|Traiteur|Automobiles|Mécanique""",
}
_STEMS = """Northwind|Summit|Bluestone|Harborline|Redwood|Keystone|Pioneer|Falcon|Granite|Silverline
Evergreen|Cascade|Ironbridge|Beacon|Meridian|Lakeshore|Sterling|Copperfield|Atlas|Horizon|Vantage
Crestview|Oakhaven|Brightwater|Stonegate|Riverbend|Foxglove|Larkspur|Tidewater|Highpoint|Clearwater
Whitecap|Thornbury|Wolfram|Zenith|Aurora|Polaris|Orion|Vega|Lumina|Nova|Helix|Quantum|Apex|Catalyst
Fortis|Solaris|Veritas|Aquila|Corvus|Delphi|Elysian|Hyperion|Icarus|Juno|Kestrel|Lyra|Minerva|Nimbus
Obsidian|Paragon|Quartz|Rubicon|Sequoia|Titan|Umbra|Vertex|Wyvern|Xenon|Zephyr"""
_JAPANESE_STEMS = lines(
    """
日東|ニットウ
東洋|トウヨウ
大和|ヤマト
昭和|ショウワ
三栄|サンエイ
共立|キョウリツ
富士|フジ
太平|タイヘイ
中央|チュウオウ
栄光|エイコウ
協和|キョウワ
双葉|フタバ
丸一|マルイチ
朝日|アサヒ
みどり|ミドリ
ひかり|ヒカリ
さくら|サクラ
アルファ|アルファ
サンライズ|サンライズ
グリーン|グリーン
オリオン|オリオン
ミライ|ミライ
ネクスト|ネクスト
アクア|アクア
"""
)
_FORMS = {
    "JP": {"株式会社": 0.70, "有限会社": 0.18, "合同会社": 0.12},
    "US": {"Inc.": 0.42, "LLC": 0.38, "Corporation": 0.12, "Co.": 0.08},
    "GB": {"Ltd": 0.82, "plc": 0.08, "LLP": 0.10},
    "DE": {"GmbH": 0.66, "AG": 0.12, "GmbH & Co. KG": 0.16, "KG": 0.06},
    "FR": {"SARL": 0.48, "SAS": 0.40, "SA": 0.12},
}
# other spellings of one legal form
_SPELLINGS = {
    "株式会社": ("株式会社", "(株)", "㈱", "（株）"),
    "有限会社": ("有限会社", "(有)", "㈲"),
    "合同会社": ("合同会社", "(同)"),
    "Inc.": ("Inc.", "Inc", "INC", "Incorporated", ", Inc."),
    "LLC": ("LLC", "L.L.C.", "Llc", ", LLC"),
    "Corporation": ("Corporation", "Corp.", "Corp"),
    "Co.": ("Co.", "Company", "Co"),
    "Ltd": ("Ltd", "Ltd.", "Limited", "LTD"),
    "plc": ("plc", "PLC"),
    "LLP": ("LLP", "L.L.P."),
    "GmbH": ("GmbH", "Gmbh", "GMBH", "Gesellschaft mit beschränkter Haftung"),
    "AG": ("AG", "Aktiengesellschaft"),
    "GmbH & Co. KG": ("GmbH & Co. KG", "GmbH & Co KG", "GmbH und Co. KG"),
    "KG": ("KG", "Kommanditgesellschaft"),
    "SARL": ("SARL", "S.A.R.L.", "Sarl"),
    "SAS": ("SAS", "S.A.S."),
    "SA": ("SA", "S.A."),
}
_LATIN_FORMS = {
    "株式会社": ("Co., Ltd.", "K.K.", "Inc.", "Corporation", "Co.,Ltd"),
    "有限会社": ("Ltd.", "Y.K.", "Co., Ltd."),
    "合同会社": ("LLC", "G.K."),
}
_BANK_FORMS = {"株式会社": "カ", "有限会社": "ユ", "合同会社": "ド"}
_SHORTER = {
    "Manufacturing": "Mfg.",
    "Construction": "Const.",
    "Industries": "Ind.",
    "Engineering": "Eng.",
    "Services": "Svcs",
    "Consulting": "Cons.",
    "Medical Group": "Med. Group",
    "International": "Intl.",
    "Maschinenbau": "Masch.-Bau",
    "Property Management": "Property Mgmt",
    " & ": " and ",
}
_BRANCH = {
    "JP": ("{place}支店", "{place}営業所", "{place}支社"),
    "US": ("{place} Branch", "- {place}", "({place})"),
    "GB": ("{place} Branch", "- {place}", "({place})"),
    "DE": ("Niederlassung {place}", "NL {place}", "Zweigniederlassung {place}"),
    "FR": ("Agence de {place}", "- {place}", "Succursale {place}"),
}
# what a subsidiary's name has that its parent's has not
_JAPANESE_SUBSIDIARY = (
    ("サービス", "サービス", "Service"),
    ("販売", "ハンバイ", "Sales"),
    ("ホールディングス", "ホールディングス", "Holdings"),
    ("ロジスティクス", "ロジスティクス", "Logistics"),
    ("エンジニアリング", "エンジニアリング", "Engineering"),
    ("不動産", "フドウサン", "Real Estate"),
)
_SUBSIDIARY = {
    "US": ("Holdings", "Services", "Leasing", "Properties", "International", "Finance"),
    "GB": ("Holdings", "Services", "Properties", "International", "Group"),
    "DE": ("Holding", "Immobilien", "Vertrieb", "Service", "Verwaltungs", "International"),
    "FR": ("Holding", "Services", "Immobilier", "International", "Participations"),
}
_COUNTRY_WORDS = {"JP": "Japan", "US": "USA", "GB": "UK", "DE": "Deutschland", "FR": "France"}
FREE_MAIL = ("mail.example.com", "web.example.jp", "post.example.org")
_MAILBOXES = ("info", "contact", "sales", "office", "billing", "soumu", "mail")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name without its legal form: as registered, in katakana (Japan), in Latin letters."""

    written: str
    kana: str
    latin: str


@dataclass(slots=True)
class Site:
    """An address with its telephone; the head office has no name."""

    address: Address
    phone: str
    name: str = ""


@dataclass(slots=True)
class Organization:
    """One legal person."""

    number: int
    country: str
    name: CompanyName
    form: str
    is_form_first: bool
    registration: str
    domain: str
    sites: list[Site]
    former_name: CompanyName | None = None
    former_site: Site | None = None
    former_domain: str = ""
    acronym: str = ""
    extra_lines: list[str] = field(default_factory=list)

    @property
    def party_id(self) -> str:
        """The organization's name in the truth."""
        return f"organization-{self.number:05d}"


def records(organizations: int = ORGANIZATIONS, seed: int = _SEED) -> list[Record]:
    """The records of so many organizations, in an order that says nothing."""
    found = [
        record
        for organization in _Economy(seed).build(organizations)
        for record in _appearances(organization, seed)
    ]
    return Dice(seed, "order").shuffled(found)


class _Economy:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._names = real_names()
        self._domains: set[str] = set()
        self._lines: set[str] = set()
        self._rare = rare_surnames()[:4000]
        self._stems = phrases(_STEMS)
        self._trades = {country: phrases(block) for country, block in _TRADES.items()}

    def build(self, count: int) -> list[Organization]:
        found: list[Organization] = []
        group = 0
        while len(found) < count:
            group += 1
            dice = Dice(self._seed, "group", group)
            parent = self._organization(len(found), dice)
            found.append(parent)
            if dice.chance(0.10):
                # no two companies of a group bear one name
                names = {parent.name.written}
                for _ in range(dice.pick_weighted({1: 0.5, 2: 0.25, 3: 0.15, 4: 0.10})):
                    subsidiary = self._subsidiary(len(found), parent, dice)
                    while subsidiary.name.written in names:
                        subsidiary = self._subsidiary(len(found), parent, dice)
                    names.add(subsidiary.name.written)
                    found.append(subsidiary)
        return found[:count]

    def _organization(self, number: int, dice: Dice) -> Organization:
        country = dice.pick_weighted(_COUNTRIES)
        name = self._name(country, dice)
        office = self._site(country, dice)
        organization = Organization(
            number=number,
            country=country,
            name=name,
            form=dice.pick_weighted(_FORMS[country]),
            is_form_first=country == "JP" and dice.chance(0.6),
            registration=_registration(country, dice),
            domain=self._domain(name, country, dice) if dice.chance(0.8) else "",
            sites=[office],
        )
        for _ in range(dice.pick_weighted({0: 0.86, 1: 0.08, 2: 0.04, 3: 0.02})):
            site = self._site(country, dice)
            organization.sites.append(replace(site, name=_place(site.address.town, country)))
        if dice.chance(0.05):
            organization.former_name = self._name(country, dice)
            if organization.domain and dice.chance(0.6):
                organization.former_domain = self._domain(organization.former_name, country, dice)
        if dice.chance(0.10):
            organization.former_site = self._site(country, dice)
        for _ in range(dice.pick_weighted({0: 0.7, 1: 0.2, 2: 0.1})):
            organization.extra_lines.append(self._line(office.address.town))
        words = [word for word in name.latin.split() if word[0].isupper()]
        if country != "JP" and len(words) > 2:
            organization.acronym = "".join(word[0] for word in words)
        return organization

    def _subsidiary(self, number: int, parent: Organization, dice: Dice) -> Organization:
        """Another legal person that shares a good deal with its parent."""
        own = self._organization(number, dice)
        country = parent.country if dice.chance(0.8) else own.country
        if country != parent.country:
            word = _COUNTRY_WORDS[country]
            name = CompanyName(f"{parent.name.latin} {word}", "", f"{parent.name.latin} {word}")
            form = dice.pick_weighted(_FORMS[country])
        elif country == "JP":
            kanji, kana, english = dice.pick(_JAPANESE_SUBSIDIARY)
            name = CompanyName(
                parent.name.written + kanji,
                parent.name.kana + kana,
                f"{parent.name.latin} {english}",
            )
            form = parent.form if dice.chance(0.8) else dice.pick_weighted(_FORMS[country])
        else:
            word = dice.pick(_SUBSIDIARY[country])
            stem = parent.name.written if dice.chance(0.6) else parent.name.written.split()[0]
            name = CompanyName(f"{stem} {word}", "", f"{_ascii(stem)} {word}")
            form = parent.form if dice.chance(0.7) else dice.pick_weighted(_FORMS[country])
        site = self._site(country, dice)
        if country == parent.country and dice.chance(0.45):
            office = parent.sites[0]
            shares_switchboard = dice.chance(0.4)
            site = Site(office.address, office.phone if shares_switchboard else site.phone)
        shares_domain = bool(parent.domain) and dice.chance(0.5)
        return replace(
            own,
            country=country,
            name=name,
            form=form,
            registration=_registration(country, dice),
            domain=parent.domain
            if shares_domain
            else own.domain and self._domain(name, country, dice),
            sites=[site],
            former_name=None,
            former_site=None,
            former_domain="",
            acronym="",
            extra_lines=[],
            is_form_first=country == "JP" and dice.chance(0.6),
        )

    def _name(self, country: str, dice: Dice) -> CompanyName:
        if country == "JP":
            return self._japanese_name(dice)
        surnames: Sequence[str] = SURNAMES[LANGUAGE_OF_COUNTRY[country]]
        if LANGUAGE_OF_COUNTRY[country] == "en" and dice.chance(0.6):
            surnames = self._rare
        stem = dice.pick(self._stems) if dice.chance(0.2) else dice.pick_frequent(surnames, 0.02)
        if dice.chance(0.25):
            other = dice.pick(("Sons", "Partners", "Brothers")) if dice.chance(0.3) else ""
            stem = f"{stem} & {other or dice.pick(surnames)}"
        elif dice.chance(0.35):
            stem = f"{stem} {new_address(country, dice).town.city}" if dice.chance(0.3) else stem
        text = f"{stem} {dice.pick(self._trades[country])}"
        if dice.chance(0.05):
            text += " International"
        return CompanyName(text, "", _ascii(text))

    def _japanese_name(self, dice: Dice) -> CompanyName:
        if dice.chance(0.2):
            kanji, kana = dice.pick(_JAPANESE_STEMS)
            if dice.chance(0.5):
                other, other_kana = dice.pick(_JAPANESE_STEMS)
                kanji, kana = kanji + other, kana + other_kana
        else:
            family = self._names.family(dice)
            kanji, kana = family.kanji, family.kana
        trade, trade_kana, english = dice.pick(_JAPANESE_TRADES)
        latin = _romaji(kana)
        latin += f" {english if dice.chance(0.5) else _romaji(trade_kana)}"
        return CompanyName(kanji + trade, kana + trade_kana, latin)

    def _site(self, country: str, dice: Dice) -> Site:
        address = new_address(country, dice, is_office=True)
        return Site(address, self._line(address.town))

    def _line(self, town: Town) -> str:
        """A number of the town that no other organization has."""
        dice = Dice(self._seed, "line", len(self._lines))
        while True:
            if town.country == "JP":
                digits = 9 - len(town.area_code)
                number = f"{dice.between(10**digits, 2 * 10**digits - 1)}"
                line = f"{town.area_code}-{number[:-4]}-{number[-4:]}"
            elif town.country == "US":
                line = f"({town.area_code}) 555-{dice.between(0, 9999):04d}"
            elif town.country == "GB":
                area = town.area_code.split()[0]
                line = f"{area} 4{dice.between(0, 99):02d} {dice.between(0, 9999):04d}"
                if len(area) == 3:
                    line = f"{area} 8{line[4:]}"
            elif town.country == "DE":
                line = f"{town.area_code} {dice.between(2_000_000, 9_999_999)}"
            else:
                pairs = " ".join(f"{dice.between(0, 99):02d}" for _ in range(3))
                line = f"{town.area_code} {dice.between(30, 89)} {pairs}"
            if line not in self._lines:
                self._lines.add(line)
                return line

    def _domain(self, name: CompanyName, country: str, dice: Dice) -> str:
        top = "jp" if country == "JP" else "com"
        words = [w for w in _ascii(name.latin).lower().replace("&", "").split() if w]
        label = dice.pick_weighted(
            {"".join(words): 4.0, "-".join(words): 1.5, words[0]: 1.5, words[0] + words[-1]: 1.0}
        )
        label = "".join(c for c in label if c.isalnum() or c == "-")
        while f"{label}.example.{top}" in self._domains:
            label += str(dice.between(1, 9))
        self._domains.add(f"{label}.example.{top}")
        return f"{label}.example.{top}"


def _appearances(organization: Organization, seed: int) -> Iterator[Record]:
    dice = Dice(seed, "records", organization.number)
    systems = [system for system in SYSTEMS if dice.chance(_SHARES[system])]
    for system in ("crm", "billing"):
        if system in systems and dice.chance(0.05):
            systems.append(system)
    # a branch is a customer of its own for sales and for the ledger
    for site in organization.sites[1:]:
        for system in ("crm", "billing"):
            if dice.chance(0.45):
                systems.append(f"{system} {organization.sites.index(site)}")
    for index, place in enumerate(systems or [dice.pick(SYSTEMS)]):
        system, _, site_number = place.partition(" ")
        own = Dice(seed, organization.number, place, index)
        yield _write(organization, system, int(site_number or 0), own, index)


def _write(
    organization: Organization, system: str, site_number: int, dice: Dice, index: int
) -> Record:
    key = Dice("key", system, organization.number, index).between(0, 10**11)
    record = Record(
        organization.party_id, system, f"{system[0].upper()}{key:011d}", party_type="organization"
    )
    site = organization.sites[site_number]
    name, domain = organization.name, organization.domain
    if organization.former_name and dice.chance(0.4):
        name, domain = organization.former_name, organization.former_domain or domain
    if site_number == 0 and organization.former_site and dice.chance(0.4):
        site = organization.former_site
    record.organization_name = _written_name(organization, name, site, system, dice)
    if dice.chance({"crm": 0.25, "billing": 0.62, "portal": 0.10}[system]):
        record.national_identifier = _written_registration(organization.registration, dice)
    if domain and dice.chance({"crm": 0.55, "billing": 0.35, "portal": 0.85}[system]):
        mailbox = dice.pick(_MAILBOXES)
        record.emails = [f"{mailbox}@{domain}"]
    elif dice.chance(0.12):
        local = "".join(c for c in name.latin.lower() if c.isalnum())[:14]
        record.emails = [f"{local}@{dice.pick(FREE_MAIL)}"]
    if domain and dice.chance(0.25):
        record.identifiers = [("website", dice.pick((f"https://www.{domain}/", f"www.{domain}")))]
    if dice.chance({"crm": 0.74, "billing": 0.58, "portal": 0.60}[system]):
        line = site.phone
        if not site_number and organization.extra_lines and dice.chance(0.25):
            line = dice.pick(organization.extra_lines)
        if dice.chance(0.01):
            line = slip_of_digits(line, dice)
        record.phones = [write_phone(line, organization.country, dice)]
    is_empty = not (record.national_identifier or record.emails or record.phones)
    if is_empty or dice.chance({"crm": 0.80, "billing": 0.94, "portal": 0.55}[system]):
        written = _written_address(site, dice, is_latin=not _is_japanese(record.organization_name))
        record.street_address, record.locality = written.street, written.city
        record.region, record.country_code = written.region, written.country
        record.postal_code = "" if dice.chance(0.08) else written.postal_code
    return record


def _written_name(
    organization: Organization, name: CompanyName, site: Site, system: str, dice: Dice
) -> str:
    """The name as typed, with or without its legal form, in full or short."""
    if organization.country == "JP" and name.kana:
        text = _written_japanese(organization, name, system, dice)
    else:
        text = name.written if organization.country != "JP" else name.latin
        if organization.acronym and name is organization.name and dice.chance(0.02):
            text = organization.acronym
        elif dice.chance(0.10):
            for word, short in _SHORTER.items():
                text = text.replace(word, short)
        if dice.chance(0.25 if organization.country in ("DE", "FR") else 0.0):
            text = _ascii(text)
        if dice.chance(0.05):
            text = typo(text, dice)
        if organization.country == "JP":
            form = dice.pick(_LATIN_FORMS[organization.form])
        else:
            form = dice.pick(_SPELLINGS[organization.form])
        if dice.chance({"crm": 0.75, "billing": 0.96, "portal": 0.55}[system]):
            text = f"{text}{'' if form.startswith(',') else ' '}{form}"
        if dice.chance(0.10):
            text = text.upper()
    if site.name and dice.chance(0.7):
        town = site.address.town
        if organization.country == "JP" and not _is_japanese(text):
            place, gap, wording = town.city_latin.split("-")[0], " ", "{place} Branch"
        else:
            place, wording = site.name, dice.pick(_BRANCH[organization.country])
            gap = dice.pick(("", " ", "　")) if organization.country == "JP" else " "
        text = f"{text}{gap}{wording.format(place=place)}"
    return text


def _written_japanese(
    organization: Organization, name: CompanyName, system: str, dice: Dice
) -> str:
    script = dice.pick_weighted(
        {
            "crm": {"native": 0.88, "latin": 0.08, "kana": 0.04},
            "billing": {"native": 0.78, "latin": 0.04, "kana": 0.18},
            "portal": {"native": 0.66, "latin": 0.30, "kana": 0.04},
        }[system]
    )
    if script == "latin":
        text = typo(name.latin, dice) if dice.chance(0.04) else name.latin
        if dice.chance(0.75):
            text = f"{text} {dice.pick(_LATIN_FORMS[organization.form])}"
        return text.upper() if dice.chance(0.2) else text
    if script == "kana":
        # a transfer form: ｶ)ﾔﾏﾀﾞｼｮｳｼﾞ
        form = _BANK_FORMS[organization.form]
        text = f"{form}）{name.kana}" if organization.is_form_first else f"{name.kana}（{form}"
        return half_width(text).translate({0xFF08: "(", 0xFF09: ")"})
    form = dice.pick(_SPELLINGS[organization.form])
    if not dice.chance({"crm": 0.80, "billing": 0.98, "portal": 0.70}[system]):
        return name.written
    gap = dice.pick_weighted({"": 0.8, " ": 0.1, "　": 0.1})
    is_first = organization.is_form_first
    if dice.chance(0.03):
        is_first = not is_first
    return f"{form}{gap}{name.written}" if is_first else f"{name.written}{gap}{form}"


def _written_registration(registration: str, dice: Dice) -> str:
    text = registration
    if dice.chance(0.012):
        text = slip_of_digits(text, dice)
    if text.isdigit() and len(text) == 13:
        return dice.pick_weighted({text: 0.7, f"T{text}": 0.2, full_width_ascii(text): 0.1})
    return text.replace(" ", "") if dice.chance(0.3) else text


def _written_address(site: Site, dice: Dice, *, is_latin: bool) -> WrittenAddress:
    style = "latin" if is_latin and site.address.town.country == "JP" else "native"
    return write_address(site.address, dice, style)


def _registration(country: str, dice: Dice) -> str:
    """A number in the form of the country's register; the Japanese one has its check digit."""
    if country == "JP":
        body = f"{dice.between(0, 10**12 - 1):012d}"
        weighted = sum(int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(body)))
        return f"{9 - weighted % 9}{body}"
    if country == "US":
        return f"{dice.between(10, 99)}-{dice.between(0, 9_999_999):07d}"
    if country == "GB":
        return f"{dice.between(1_000_000, 15_999_999):08d}"
    if country == "DE":
        return f"HRB {dice.between(1000, 299_999)}"
    siren = f"{dice.between(300_000_000, 999_999_999)}"
    return f"{siren[:3]} {siren[3:6]} {siren[6:]}"


def _place(town: Town, country: str) -> str:
    if country == "JP":
        return town.city.rstrip("区").split("市")[0]
    return town.city


def _romaji(kana: str) -> str:
    try:
        return romaji(kana)
    except KeyError:
        return {"アルファ": "Alpha", "サービス": "Service", "デザイン": "Design"}.get(kana, kana)


def _is_japanese(text: str) -> bool:
    return any(ord(c) > 0x2E80 for c in text)


def _ascii(text: str) -> str:
    spelled = text.translate({0xE4: "ae", 0xF6: "oe", 0xFC: "ue", 0xDF: "ss", 0xC4: "Ae"})
    decomposed = unicodedata.normalize("NFD", spelled)
    return "".join(c for c in decomposed if c.isascii())
