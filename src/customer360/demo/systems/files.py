"""A flat party file: visitors of a trade fair, as the booth staff typed them."""

from __future__ import annotations

from datetime import datetime

from customer360.demo.clock import iso_z
from customer360.demo.contact_details import PLACEHOLDER_NAMES, write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import CLEAN, HIRAGANA, KANA, KANJI, ROMAJI, Profile, appear
from customer360.demo.ledger import Ledger, Row
from customer360.demo.organizations import Organization, parents_of, write_name
from customer360.demo.places import write_address
from customer360.demo.plan import Place, Planned

_COLUMNS = """source_key party_type full_name given_name family_name name_reading organization_name
birth_date gender emails phones street_address locality region postal_code country_code identifiers
occupation created_at updated_at is_deleted"""
_PARENT_COLUMNS = "record_key parent_record_key hierarchy since"
_PROFILE = Profile(
    scripts={KANJI: 0.55, ROMAJI: 0.35, KANA: 0.07, HIRAGANA: 0.03},
    reading=0.4,
    email=0.9,
    work_email=0.5,
    mobile=0.75,
    landline=0.0,
    office_phone=0.35,
    birth_date=0.25,
    address=0.5,
    office_address=0.2,
    typo=0.08,
    nickname=0.2,
    initial_only=0.04,
    placeholder=0.05,
)


class Files:
    """Writes `party_records.csv` and `organization_parents.csv`."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._table = ledger.table("files/party_records.csv", _COLUMNS)
        self._parents = ledger.table("files/organization_parents.csv", _PARENT_COLUMNS)

    def write(self, organizations: list[Organization], records: list[Planned]) -> None:
        """People, then exhibitors; and who owns and who pays for whom."""
        visitors = [record for record in records if record.place is Place.FILE]
        for index, record in enumerate(sorted(visitors, key=lambda record: record.created)):
            self._write_person(record, f"V-{index + 1:05d}")
        for organization in organizations:
            dice = Dice(self._seed, "exhibitor", organization.number)
            if "files" in organization.spellings or dice.chance(0.12):
                self._write_organization(organization, dice)
        self._write_parents(parents_of(organizations))

    def _write_parents(self, parents: dict[int, int]) -> None:
        """By law a group is as sales has it; of bills the head takes all. One entry is a slip."""
        for index, (child, parent) in enumerate(parents.items()):
            self._write_parent(child, parent, "legal", 2018 + index % 5)
            self._write_parent(child, parents.get(parent, parent), "billing", 2020 + index % 5)
        child, parent = next(iter(parents.items()), (0, 0))
        if child:
            self._write_parent(parent, child, "billing", 2026)

    def _write_parent(self, child: int, parent: int, hierarchy: str, year: int) -> None:
        row: Row = {
            "record_key": f"sales_cloud/main/account/{self._ledger.accounts[child][0]}",
            "parent_record_key": f"sales_cloud/main/account/{self._ledger.accounts[parent][0]}",
            "hierarchy": hierarchy,
            "since": f"{year}-04-01T00:00:00.000Z",
        }
        self._parents.rows.append(row)

    def _write_person(self, record: Planned, key: str) -> None:
        person, dice = record.person, record.dice(self._seed)
        typed = appear(person, record.created, CLEAN if record.is_clean else _PROFILE, dice)
        if not record.is_clean and dice.chance(0.02):
            typed.family, typed.given = dice.pick(PLACEHOLDER_NAMES), ""
        form = dice.pick_weighted({"full": 0.7, "parts": 0.3})
        full = typed.full
        if typed.script == ROMAJI and person.country == "JP" and dice.chance(0.5):
            full = f"{typed.family.upper()} {typed.given}".strip()
        elif typed.script != ROMAJI and dice.chance(0.4):
            full = f"{typed.family}{dice.pick(' 　')}{typed.given}".strip()
        honorific = " 様" if person.country == "JP" else ""
        if not record.is_clean and form == "full" and dice.chance(0.06):
            full += honorific
        phones = [phone for phone in (typed.mobile, typed.office_phone) if phone]
        birth_date = typed.birth_date
        if birth_date and person.country == "JP" and dice.chance(0.3):
            birth_date = _era(birth_date)
        elif birth_date and dice.chance(0.3):
            birth_date = birth_date.replace("-", "/")
        employer = write_name(person.employer, dice) if person.employer else ""
        is_deleted = not record.is_clean and dice.chance(0.02)
        row: Row = {
            "source_key": key,
            "party_type": "person",
            "full_name": full if form == "full" else "",
            "given_name": typed.given if form == "parts" else "",
            "family_name": typed.family if form == "parts" else "",
            "name_reading": f"{typed.family_reading} {typed.given_reading}".strip(),
            "organization_name": employer,
            "birth_date": birth_date,
            "gender": {"m": "male", "f": "female", "": ""}[typed.sex],
            "emails": typed.email,
            "phones": ";".join(phones),
            "street_address": typed.address.street,
            "locality": typed.address.city,
            "region": typed.address.region,
            "postal_code": typed.address.postal_code,
            "country_code": typed.address.country,
            "identifiers": f"badge:{record.created.year}-{dice.between(1000, 9999)}",
            "occupation": person.job_title,
            "created_at": iso_z(record.created),
            "updated_at": iso_z(record.created),
            "is_deleted": is_deleted,
        } | record.fields
        self._table.rows.append(row)
        if not is_deleted:
            self._ledger.add_truth(f"files/main/party/{key}", person.party_id, note=person.note)

    def _write_organization(self, organization: Organization, dice: Dice) -> None:
        key = f"X-{organization.number:05d}"
        address = write_address(organization.address, dice)
        row: Row = {
            "source_key": key,
            "party_type": "organization",
            "organization_name": organization.spellings.get("files")
            or write_name(organization, dice),
            "emails": organization.mailbox,
            "phones": write_phone(organization.switchboard, organization.country, dice),
            "street_address": address.street,
            "locality": address.city,
            "region": address.region,
            "postal_code": address.postal_code,
            "country_code": address.country,
            "identifiers": f"website:{organization.domain}",
            "created_at": "2026-04-20T00:00:00.000Z",
            "updated_at": "2026-04-20T00:00:00.000Z",
            "is_deleted": False,
        }
        self._table.rows.append(row)
        self._ledger.add_truth(f"files/main/party/{key}", organization.party_id, "organization")


def _era(iso: str) -> str:
    """昭和55年4月1日 for 1980-04-01."""
    day = datetime.fromisoformat(iso)
    for start, name in (
        (datetime(2019, 5, 1), "令和"),
        (datetime(1989, 1, 8), "平成"),
        (datetime(1926, 12, 25), "昭和"),
    ):
        if day >= start:
            year = day.year - start.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return iso
