"""Service Cloud beside its cases: what customers own, and until when they are entitled to help."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from customer360.demo.clock import FACTS_START, REFERENCE, later, moment, naive
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row
from customer360.demo.systems import salesforce
from customer360.demo.systems.service_cloud import INSTANCE

_COMMON = """created_date last_modified_date system_modstamp is_deleted _fivetran_deleted
_fivetran_synced"""
_ASSET = f"""id name account_id contact_id product_2_id product_code serial_number status
purchase_date install_date usage_end_date quantity price currency_iso_code {_COMMON}"""
_ENTITLEMENT = f"""id name account_id asset_id type start_date end_date status
cases_per_entitlement remaining_cases {_COMMON}"""

# product, price in dollars, months of warranty
_FOR_PEOPLE = (
    ("ESP-500", "Espresso machine 500", 640, 24),
    ("GRD-080", "Grinder 80", 180, 12),
    ("KTL-010", "Kettle 10", 75, 12),
)
_FOR_COMPANIES = (
    ("PMP-220", "Pump 220", 950, 24),
    ("SNS-007", "Sensor pack", 420, 12),
    ("VLV-015", "Valve set", 180, 12),
)
_PRODUCTS = {True: _FOR_PEOPLE, False: _FOR_COMPANIES}
_YEN_PER_DOLLAR = 150
_OWNERS = {True: 0.15, False: 0.35}


class ServiceProducts:
    """Writes assets and entitlements of accounts that exist already."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._accounts = ledger.tables["service_cloud/account.csv"]
        self._asset = ledger.table("service_cloud/asset.csv", _ASSET)
        self._entitlement = ledger.table("service_cloud/entitlement.csv", _ENTITLEMENT)

    def write(self) -> None:
        """Both files."""
        newest = {row["id"]: row for row in self._accounts.rows}
        for account in newest.values():
            dice = Dice(self._seed, "assets", account["id"])
            is_person = bool(account["is_person_account"])
            if account["is_deleted"] or not dice.chance(_OWNERS[is_person]):
                continue
            for _ in range(dice.pick_weighted({1: 0.8, 2: 0.2})):
                self._write_asset(account, dice.pick(_PRODUCTS[is_person]), dice)
            if not is_person and dice.chance(0.4):
                self._write_support(account, dice)

    def _write_asset(self, account: Row, product: tuple[str, str, int, int], dice: Dice) -> None:
        code, name, dollars, months = product
        created = datetime.fromisoformat(account["created_date"])
        bought = moment(dice, max(created, FACTS_START - timedelta(days=365)), REFERENCE)
        country = account.get("person_mailing_country") or account.get("billing_country") or "US"
        is_yen = country in ("JP", "日本", "Japan")
        quantity = 1 if account["is_person_account"] else dice.between(1, 6)
        price = Decimal(dollars * (_YEN_PER_DOLLAR if is_yen else 1) * quantity)
        is_retired = bought < REFERENCE - timedelta(days=900) and dice.chance(0.3)
        asset_id = self._new_id(salesforce.ASSET)
        number = self._numbers[salesforce.ASSET]
        row: Row = {
            "id": asset_id,
            "name": name,
            "account_id": account["id"],
            "contact_id": account.get("person_contact_id", ""),
            "product_2_id": salesforce.record_id(salesforce.PRODUCT, INSTANCE, months + dollars),
            "product_code": code,
            "serial_number": f"{code[:3]}{number:05d}{dice.letters(4, '0123456789ABCDEF')}",
            "status": "Obsolete" if is_retired else dice.pick(("Installed", "Registered")),
            "purchase_date": bought.date().isoformat(),
            "install_date": later(dice, bought, 20).date().isoformat(),
            "usage_end_date": later(dice, bought, 900).date().isoformat() if is_retired else "",
            "quantity": quantity,
            "price": price.quantize(Decimal("0.01")),
            "currency_iso_code": "JPY" if is_yen else "USD",
        }
        self._asset.rows.append(_stamped(row, bought, later(dice, bought, 60)))
        if dice.chance(0.85):
            # the longer warranty is sold beside the product
            term = months + dice.pick_weighted({0: 0.8, 12: 0.2})
            self._write_entitlement(account, asset_id, "Warranty", bought, term, "")

    def _write_support(self, account: Row, dice: Dice) -> None:
        created = datetime.fromisoformat(account["created_date"])
        starts = moment(dice, max(created, FACTS_START), REFERENCE)
        self._write_entitlement(account, "", "Phone Support", starts, 12, 10 * dice.between(1, 4))

    def _write_entitlement(
        self, account: Row, asset: str, kind: str, starts: datetime, months: int, cases: int | str
    ) -> None:
        ends = _last_day(starts.date(), months)
        row: Row = {
            "id": self._new_id(salesforce.ENTITLEMENT),
            "name": f"{kind} {months} months",
            "account_id": account["id"],
            "asset_id": asset,
            "type": kind,
            "start_date": starts.date().isoformat(),
            "end_date": ends.isoformat(),
            "status": "Active" if ends >= REFERENCE.date() else "Expired",
            "cases_per_entitlement": cases,
            "remaining_cases": int(cases) // 2 if cases else "",
        }
        self._entitlement.rows.append(_stamped(row, starts, starts))

    def _new_id(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return salesforce.record_id(prefix, INSTANCE, self._numbers[prefix])


def _last_day(first: date, months: int) -> date:
    """The day before the months are full (at most the 27th of a month)."""
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, min(first.day, 28)) - timedelta(days=1)


def _stamped(row: Row, created: datetime, modified: datetime) -> Row:
    return row | {
        "created_date": naive(created),
        "last_modified_date": naive(modified),
        "system_modstamp": naive(modified),
        "is_deleted": False,
        "_fivetran_deleted": False,
        "_fivetran_synced": naive(modified + timedelta(minutes=15)),
    }
