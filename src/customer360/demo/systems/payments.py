"""A payment provider: charges in minor units with epoch times, and customers who are charged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from customer360.demo.clock import REFERENCE
from customer360.demo.dice import Dice
from customer360.demo.dirt import CLEAN, KANJI, ROMAJI, Profile, appear
from customer360.demo.ledger import Ledger, Row
from customer360.demo.people import Person
from customer360.demo.plan import Planned

_CUSTOMER = """id email name phone address_postal_code address_country metadata_customer_number
metadata_site created livemode deleted"""
_CHARGE = """id customer amount amount_refunded currency created updated status paid refunded
disputed failure_code payment_method_type metadata_order_number metadata_site livemode"""
_WHOLE = ("amount", "amount_refunded", "created", "updated")
_FLAGS = ("paid", "refunded", "disputed", "livemode")
_SCHEMA = pa.schema(
    [
        (
            name,
            pa.int64() if name in _WHOLE else pa.bool_() if name in _FLAGS else pa.string(),
        )
        for name in _CHARGE.split()
    ]
)
# the name on the card is in capitals or in the script of the checkout
_PROFILE = Profile(
    scripts={ROMAJI: 0.6, KANJI: 0.4},
    email=1.0,
    mobile=0.25,
    landline=0.0,
    address=0.5,
    nickname=0.0,
    typo=0.02,
)
_SINCE = datetime(2025, 11, 1)
_MINOR_UNITS = {"JPY": 1, "USD": 100}
_METHODS = {
    "jp": {"card": 0.65, "konbini": 0.2, "paypay": 0.15},
    "us": {"card": 0.9, "us_bank_account": 0.1},
}
_DECLINES = ("card_declined", "insufficient_funds", "expired_card")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Order:
    """An order as the provider is told of it."""

    site: str
    number: str
    status: str
    currency: str
    total: Decimal
    placed: datetime
    customer_number: str
    is_guest: bool
    email: str

    @property
    def minor_units(self) -> int:
        return int(self.total * _MINOR_UNITS[self.currency])


class Payments:
    """Writes what was charged for the orders of both shops, and two stories beside them."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._customer = ledger.table("payments/customer.csv", _CUSTOMER)
        self._charge = ledger.table("payments/charge.parquet", _CHARGE, _SCHEMA)
        self._people: dict[str, Person] = {}
        self._refunds: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def write(self, records: list[Planned]) -> None:
        """Both files."""
        by_party = {record.person.party_id: record.person for record in records}
        for truth in self._ledger.truth:
            if truth.record_key.startswith("commerce_cloud/"):
                self._people[truth.record_key] = by_party[truth.party_id]
        orders = []
        for site in ("jp", "us"):
            self._note_refunds(site)
            orders += [order for order in self._orders(site) if order.placed >= _SINCE]
        by_customer: dict[tuple[str, str], list[_Order]] = defaultdict(list)
        for order in orders:
            name = order.number if order.is_guest else order.customer_number
            by_customer[order.site, name].append(order)
        for (site, name), theirs in by_customer.items():
            self._write_customer_and_charges(site, name, theirs)
        self._write_streak(orders)
        self._write_large()
        self._write_tests()
        self._charge.rows.sort(key=lambda row: (row["created"], row["id"], row["updated"]))

    def _rows(self, site: str, table: str) -> list[Row]:
        suffix = "parquet" if site == "us" else "csv"
        rows = self._ledger.tables[f"commerce_cloud/{site}/{table}.{suffix}"].rows
        return [{name.replace("_", "").lower(): v for name, v in row.items()} for row in rows]

    def _orders(self, site: str) -> list[_Order]:
        newest = {row["orderno"]: row for row in self._rows(site, "orders")}
        return [
            _Order(
                site,
                number,
                row["status"],
                row["currency"],
                Decimal(str(row["ordertotal"])),
                _moment(row["creationdate"]),
                row["customerno"],
                bool(row["guest"]),
                row["customeremail"] or "",
            )
            for number, row in newest.items()
        ]

    def _note_refunds(self, site: str) -> None:
        lines = {(row["returnno"], row["itemid"]): row for row in self._rows(site, "returns")}
        for row in lines.values():
            self._refunds[site, row["orderno"]] += Decimal(str(row["refundamount"] or 0))

    def _write_customer_and_charges(self, site: str, name: str, orders: list[_Order]) -> None:
        first = orders[0]
        dice = Dice(self._seed, "payments", site, name)
        is_known = dice.chance(0.35 if first.is_guest else 0.5)
        customer_id = self._write_customer(site, orders, dice) if is_known else ""
        for order in orders:
            self._write_charges(order, customer_id, Dice(self._seed, "charge", site, order.number))

    def _write_customer(self, site: str, orders: list[_Order], dice: Dice) -> str:
        first = min(orders, key=lambda order: order.placed)
        kind = "guest_order" if first.is_guest else "customer"
        key = f"commerce_cloud/{site}/{kind}/"
        person = self._people[key + (first.number if first.is_guest else first.customer_number)]
        typed = appear(person, first.placed, CLEAN if person.note else _PROFILE, dice)
        customer_id = "cus_" + dice.letters(14, _ALPHABET)
        name = typed.full.upper() if typed.script == ROMAJI and dice.chance(0.5) else typed.full
        row: Row = {
            "id": customer_id,
            "email": first.email if dice.chance(0.8) and "@" in first.email else typed.email,
            "name": name,
            "phone": typed.mobile,
            "address_postal_code": typed.address.postal_code,
            "address_country": person.country,
            "metadata_customer_number": "" if first.is_guest else first.customer_number,
            "metadata_site": site,
            "created": _epoch(first.placed),
            "livemode": True,
            "deleted": False,
        }
        self._customer.rows.append(row)
        self._ledger.add_truth(
            f"payments/main/customer/{customer_id}", person.party_id, note=person.note
        )
        return customer_id

    # -- charges ----------------------------------------------------------------------------

    def _write_charges(self, order: _Order, customer: str, dice: Dice) -> None:
        method = dice.pick_weighted(_METHODS[order.site])
        paid_at = order.placed + timedelta(seconds=dice.between(5, 90))
        if order.status in ("COMPLETED", "OPEN", "NEW"):
            if method == "card" and dice.chance(0.06):
                failed_at = paid_at - timedelta(seconds=3)
                self._write_failed(order, customer, failed_at, dice)
            # a convenience store takes the money within days
            waits = method == "konbini" and dice.chance(0.3)
            self._add(order, customer, paid_at, method, "pending" if waits else "succeeded", dice)
            if waits:
                arrives = paid_at + timedelta(days=2)
                if arrives > REFERENCE:
                    return
                later = {"status": "succeeded", "paid": True, "updated": _epoch(arrives)}
                self._charge.rows.append(self._charge.rows[-1] | later)
            refund = int(self._refunds[order.site, order.number] * _MINOR_UNITS[order.currency])
            self._charge.rows[-1] |= {
                "amount_refunded": refund,
                "refunded": refund == order.minor_units,
                "disputed": method == "card" and not refund and dice.chance(0.015),
            }
        elif order.status == "FAILED":
            self._write_failed(order, customer, paid_at, dice)
        elif order.status == "CANCELLED" and dice.chance(0.5):
            self._add(order, customer, paid_at, method, "succeeded", dice)
            self._charge.rows[-1] |= {"amount_refunded": order.minor_units, "refunded": True}

    def _write_failed(self, order: _Order, customer: str, at: datetime, dice: Dice) -> None:
        self._add(order, customer, at, "card", "failed", dice)
        self._charge.rows[-1]["failure_code"] = dice.pick(_DECLINES)

    def _add(
        self, order: _Order, customer: str, at: datetime, method: str, status: str, dice: Dice
    ) -> None:
        row: Row = {
            "id": "ch_" + dice.letters(24, _ALPHABET),
            "customer": customer or None,
            "amount": order.minor_units,
            "amount_refunded": 0,
            "currency": order.currency.lower(),
            "created": _epoch(min(at, REFERENCE)),
            "updated": _epoch(min(at, REFERENCE)),
            "status": status,
            "paid": status == "succeeded",
            "refunded": False,
            "disputed": False,
            "failure_code": None,
            "payment_method_type": method,
            "metadata_order_number": order.number or None,
            "metadata_site": order.site,
            "livemode": True,
        }
        self._charge.rows.append(row)

    # -- stories ----------------------------------------------------------------------------

    def _write_streak(self, orders: list[_Order]) -> None:
        """A card declined day after day, for the newest failed order of a known customer."""
        known = {row["metadata_customer_number"]: row["id"] for row in self._customer.rows}
        failed = [
            order
            for order in orders
            if order.status == "FAILED"
            and order.customer_number in known
            and order.placed < REFERENCE - timedelta(days=6)
        ]
        if not failed:
            return
        order = max(failed, key=lambda order: (order.placed, order.number))
        dice = Dice(self._seed, "failed payments in a row")
        for day in range(1, 5):
            at = order.placed + timedelta(days=day, minutes=dice.below(600))
            self._write_failed(order, known[order.customer_number], at, dice)

    def _write_large(self) -> None:
        """Far more than the customer ever paid, outside the shops: the one with most charges."""
        paid: dict[str, list[Row]] = defaultdict(list)
        for row in self._charge.rows:
            if row["customer"] and row["paid"] and row["currency"] == "jpy":
                paid[row["customer"]].append(row)
        if not paid:
            return
        customer = max(paid, key=lambda name: (len(paid[name]), name))
        amounts = [row["amount"] for row in paid[customer]]
        total = Decimal(40 * max(amounts))
        order = _Order("jp", "", "", "JPY", total, REFERENCE, "", False, "")
        dice = Dice(self._seed, "large payment")
        self._add(
            order, customer, REFERENCE - timedelta(days=3, hours=5), "card", "succeeded", dice
        )

    def _write_tests(self) -> None:
        """What the shop's developers tried out; it is nobody's money."""
        dice = Dice(self._seed, "test mode")
        tester: Row = {
            "id": "cus_" + dice.letters(14, _ALPHABET),
            "email": "test@example.com",
            "name": "Test Test",
            "created": _epoch(_SINCE),
            "livemode": False,
            "deleted": False,
        }
        self._customer.rows.append(tester)
        for number in range(4):
            total = Decimal(100 * (number + 1))
            order = _Order("us", "", "", "USD", total, _SINCE, "", False, "")
            at = _SINCE + timedelta(days=30 * number)
            self._add(order, tester["id"], at, "card", "succeeded", dice)
            self._charge.rows[-1]["livemode"] = False


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value[:19])


def _epoch(value: datetime) -> int:
    return int(value.replace(tzinfo=UTC).timestamp())
