"""Service Cloud as Fivetran lands it: snake_case, person and business accounts, cases, comments."""

from __future__ import annotations

from datetime import datetime, timedelta

from customer360.demo.clock import RECORDS_START, REFERENCE, fact_moment, later, moment, naive
from customer360.demo.contact_details import PLACEHOLDER_NAMES, write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import CLEAN, HALF_KANA, KANA, KANJI, ROMAJI, Profile, appear
from customer360.demo.ledger import Ledger, Row, Table
from customer360.demo.organizations import Organization, write_name
from customer360.demo.places import write_address
from customer360.demo.plan import Place, Planned
from customer360.demo.systems import salesforce

INSTANCE = "8d0000"
_COMMON = """created_date last_modified_date system_modstamp is_deleted _fivetran_deleted
_fivetran_synced"""
_ACCOUNT = f"""id master_record_id name type is_person_account person_contact_id first_name
last_name person_email phone person_mobile_phone person_home_phone person_birthdate
person_mailing_street person_mailing_city person_mailing_state person_mailing_postal_code
person_mailing_country billing_street billing_city billing_state billing_postal_code
billing_country website industry {_COMMON}"""
_CASE = f"""id case_number account_id contact_id subject type status priority origin is_closed
closed_date supplied_name supplied_email supplied_phone {_COMMON}"""
_COMMENT = f"id parent_id comment_body is_published created_by_id {_COMMON}"

# the call centre types what it hears: mostly katakana
_PROFILE = Profile(
    scripts={KANA: 0.5, HALF_KANA: 0.16, KANJI: 0.28, ROMAJI: 0.06},
    email=0.55,
    mobile=0.85,
    landline=0.3,
    birth_date=0.5,
    address=0.55,
    unspaced=0.15,
    typo=0.06,
    nickname=0.15,
    placeholder=0.04,
)
_SUBJECTS = {
    "JP": (
        "配送について",
        "返品したい",
        "ログインできない",
        "商品の不具合",
        "請求書の再発行",
        "住所変更",
    ),
    "US": (
        "Where is my order?",
        "Return request",
        "Cannot log in",
        "Damaged item",
        "Invoice copy",
        "Change of address",
    ),
}
_COMMENTS = {
    "JP": (
        "お客様へ折り返し電話済み。",
        "倉庫に確認中。",
        "返金手続きを開始しました。",
        "本人確認を完了。",
    ),
    "US": (
        "Called the customer back.",
        "Waiting for the warehouse.",
        "Refund has been started.",
        "Customer confirmed, closing.",
    ),
}


class ServiceCloud:
    """Writes accounts, cases and comments."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._account = ledger.table("service_cloud/account.csv", _ACCOUNT)
        self._case = ledger.table("service_cloud/case.csv", _CASE)
        self._comment = ledger.table("service_cloud/case_comment.csv", _COMMENT)

    def write(self, organizations: list[Organization], records: list[Planned]) -> None:
        """All three files."""
        chosen = [record for record in records if record.place is Place.SERVICE]
        for record in sorted(chosen, key=lambda record: record.created):
            self._write_person(record)
        for organization in organizations:
            dice = Dice(self._seed, "service account", organization.number)
            if "service_cloud" in organization.spellings or dice.chance(0.55):
                self._write_organization(organization, dice)

    def _write_person(self, record: Planned) -> None:
        person, dice = record.person, record.dice(self._seed)
        account_id, contact_id = self._new_id(salesforce.ACCOUNT), self._new_id(salesforce.CONTACT)
        typed = appear(person, record.created, CLEAN if record.is_clean else _PROFILE, dice)
        if not record.is_clean and dice.chance(0.015):
            typed.family, typed.given = dice.pick(PLACEHOLDER_NAMES), ""
        name = typed.full
        if typed.given and typed.script != ROMAJI and dice.chance(0.6):
            name = f"{typed.family}{dice.pick(' 　')}{typed.given}"
        is_deleted = record.fate == "deleted"
        row: Row = {
            "id": account_id,
            "name": name,
            "type": "Customer",
            "is_person_account": True,
            "person_contact_id": contact_id,
            "first_name": typed.given,
            "last_name": typed.family,
            "person_email": typed.email,
            "person_mobile_phone": typed.mobile,
            "person_home_phone": typed.landline,
            "person_birthdate": typed.birth_date,
            "person_mailing_street": typed.address.street,
            "person_mailing_city": typed.address.city,
            "person_mailing_state": typed.address.region,
            "person_mailing_postal_code": typed.address.postal_code,
            "person_mailing_country": typed.address.country,
            "is_deleted": is_deleted,
            "_fivetran_deleted": is_deleted and dice.chance(0.5),
        } | record.fields
        self._deliver(self._account, row, record.created, dice, {"person_mobile_phone": ""})
        if is_deleted:
            return
        self._ledger.add_truth(
            f"service_cloud/main/account/{account_id}", person.party_id, note=person.note
        )
        for _ in range(dice.pick_weighted({0: 0.22, 1: 0.38, 2: 0.22, 3: 0.12, 5: 0.06})):
            supplied = (typed.family + typed.given, typed.email, typed.mobile)
            country = "JP" if person.country == "JP" else "US"
            self._write_case(account_id, contact_id, record.created, country, supplied, dice)

    def _write_organization(self, organization: Organization, dice: Dice) -> None:
        account_id = self._new_id(salesforce.ACCOUNT)
        created = moment(dice, RECORDS_START, datetime(2026, 1, 1))
        is_named = bool(organization.spellings)
        address = write_address(organization.address, dice)
        has_address = is_named or dice.chance(0.8)
        row: Row = {
            "id": account_id,
            "name": organization.spellings.get("service_cloud") or write_name(organization, dice),
            "type": "Customer",
            "is_person_account": False,
            "phone": write_phone(organization.switchboard, organization.country, dice)
            if is_named or dice.chance(0.85)
            else "",
            "billing_street": address.street if has_address else "",
            "billing_city": address.city if has_address else "",
            "billing_state": address.region if has_address else "",
            "billing_postal_code": address.postal_code if has_address else "",
            "billing_country": address.country if has_address else "",
            "website": organization.domain if is_named or dice.chance(0.6) else "",
            "industry": organization.industry if dice.chance(0.5) else "",
            "is_deleted": False,
            "_fivetran_deleted": False,
        }
        self._deliver(self._account, row, created, dice, {"phone": ""})
        self._ledger.add_truth(
            f"service_cloud/main/account/{account_id}", organization.party_id, "organization"
        )
        country = "JP" if organization.country == "JP" else "US"
        for _ in range(dice.between(0, 4)):
            supplied = ("", organization.mailbox, organization.switchboard)
            self._write_case(account_id, "", created, country, supplied, dice)

    def _write_case(
        self,
        account_id: str,
        contact_id: str,
        known_since: datetime,
        country: str,
        supplied: tuple[str, str, str],
        dice: Dice,
    ) -> None:
        case_id = self._new_id(salesforce.CASE)
        opened = fact_moment(dice, known_since)
        closed = opened + timedelta(hours=dice.between(2, 400))
        is_closed = closed < REFERENCE and dice.chance(0.9)
        origin = dice.pick_weighted({"Phone": 0.4, "Email": 0.3, "Web": 0.3})
        row: Row = {
            "id": case_id,
            "case_number": f"{self._numbers[salesforce.CASE]:08d}",
            "account_id": account_id,
            "contact_id": contact_id,
            "subject": dice.pick(_SUBJECTS[country]),
            "type": dice.pick(("Question", "Problem", "Feature Request")),
            "status": "Closed" if is_closed else dice.pick(("New", "Working", "Escalated")),
            "priority": dice.pick_weighted({"Medium": 0.6, "Low": 0.25, "High": 0.15}),
            "origin": origin,
            "is_closed": is_closed,
            "closed_date": naive(closed) if is_closed else "",
            "supplied_name": supplied[0] if origin == "Web" else "",
            "supplied_email": supplied[1] if origin != "Phone" else "",
            "supplied_phone": supplied[2] if origin == "Web" and dice.chance(0.3) else "",
            "is_deleted": False,
            "_fivetran_deleted": False,
        }
        earlier = {"status": "New", "is_closed": False, "closed_date": ""}
        self._deliver(self._case, row, opened, dice, earlier)
        for _ in range(dice.between(0, 3)):
            comment: Row = {
                "id": self._new_id(salesforce.CASE_COMMENT),
                "parent_id": case_id,
                "comment_body": dice.pick(_COMMENTS[country]),
                "is_published": dice.chance(0.4),
                "created_by_id": salesforce.record_id(
                    salesforce.USER, INSTANCE, dice.between(1, 12)
                ),
                "is_deleted": False,
                "_fivetran_deleted": False,
            }
            written = later(dice, opened, 12)
            self._stamp(comment, written, written)
            self._comment.rows.append(comment)

    def _new_id(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return salesforce.record_id(prefix, INSTANCE, self._numbers[prefix])

    @staticmethod
    def _stamp(row: Row, created: datetime, modified: datetime) -> None:
        row["created_date"] = naive(created)
        row["last_modified_date"] = naive(modified)
        row["system_modstamp"] = naive(modified)
        row["_fivetran_synced"] = naive(modified + timedelta(minutes=15))

    def _deliver(self, table: Table, row: Row, created: datetime, dice: Dice, earlier: Row) -> None:
        first = later(dice, created, 2)
        modified = later(dice, first, 200)
        if dice.chance(0.03) and modified > first:
            older = row | earlier | {"is_deleted": False, "_fivetran_deleted": False}
            self._stamp(older, created, first)
            table.rows.append(older)
        self._stamp(row, created, modified)
        table.rows.append(row)
