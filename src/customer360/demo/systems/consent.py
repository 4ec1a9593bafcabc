"""A consent platform: receipts of what people agreed to, and whom not to contact or to erase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from customer360.demo.clock import REFERENCE, iso_z, later, moment
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row

_EVENTS = (
    "ReceiptId|Identifier Type|Identifier|Record Key|Country|Purpose|Channel|Transaction Type"
    "|Lawful Basis|Interaction Date|Expiry Date|Created Date|Collection Point"
)
_SUPPRESSIONS = (
    "suppression_id action kind gpid record_key contact_point_type contact_point country_code"
    " channel starts_at ends_at decided_by reason"
)
_FORMS = ("Newsletter form v3", "Checkout v12", "Preference centre", "Trade fair card")
# what became of an address that the platform knows
_HISTORIES = {
    "granted": 0.66,
    "withdrawn": 0.1,
    "back": 0.06,
    "expired": 0.06,
    "denied": 0.06,
    "pending": 0.06,
}
_KNOWN_SHARE = 0.85
_SERVICE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class _Subject:
    """An address or number that the platform knows, and since when."""

    kind: str
    value: str
    country: str
    since: datetime


class Consent:
    """Writes receipts about addresses and customers that other systems know; no party records."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._events = ledger.table("consent/consent_events.csv", "")
        self._events.columns = tuple(_EVENTS.split("|"))
        self._suppressions = ledger.table("consent/suppressions.csv", _SUPPRESSIONS)
        self._receipts = 0

    def write(self) -> None:
        """Both files. The other systems have written theirs."""
        for subject in self._addresses():
            dice = Dice(self._seed, "consent", subject.value)
            if dice.chance(_KNOWN_SHARE):
                self._write_history(subject, dice)
        self._write_by_customer_number()
        self._write_named()
        self._write_service_choices()
        self._write_suppressions()
        # as the platform exports them
        self._events.rows.sort(key=lambda row: (row["Created Date"], row["ReceiptId"]))

    def _addresses(self) -> list[_Subject]:
        """Whoever is in the shop or on the mailing list was asked; an address once."""
        known: dict[str, _Subject] = {}
        for customers in self._ledger.customers.values():
            for customer in customers:
                subject = _Subject("email", customer.email, customer.site.upper(), customer.created)
                known.setdefault(customer.email.lower(), subject)
        for row in self._ledger.tables["marketing_cloud/_Subscribers.csv"].rows:
            joined = datetime.fromisoformat(row["DateJoined"])
            subject = _Subject("email", row["EmailAddress"], "", joined)
            known.setdefault(row["EmailAddress"].lower(), subject)
        return [known[value] for value in sorted(known) if value]

    def _write_history(self, subject: _Subject, dice: Dice) -> None:
        history = dice.pick_weighted(_HISTORIES)
        first = later(dice, subject.since, 30)
        if history in ("denied", "pending"):
            kind = "OPT_OUT" if history == "denied" else "PENDING"
            self._add(subject, "Email marketing", kind, first, dice)
            return
        ends = first + timedelta(days=365) if history == "expired" else None
        if ends and ends >= REFERENCE:
            first, ends = first - timedelta(days=400), ends - timedelta(days=400)
        self._add(subject, "Email marketing", "CONFIRMED", first, dice, ends=ends)
        if dice.chance(0.4):
            self._add(subject, "Analytics", "CONFIRMED", first, dice, again=True)
        if history in ("withdrawn", "back"):
            second = moment(dice, first, REFERENCE)
            self._add(subject, "Email marketing", "WITHDRAWN", second, dice)
            if history == "back":
                third = moment(dice, second, REFERENCE)
                self._add(subject, "Email marketing", "CONFIRMED", third, dice)

    def _write_by_customer_number(self) -> None:
        """The app asks logged-in customers: their number is known, not their address."""
        for number in sorted(self._ledger.customers):
            dice = Dice(self._seed, "consent of customers", number)
            for customer in self._ledger.customers[number]:
                if not dice.chance(0.2):
                    continue
                purpose = dice.pick(("Personalization", "Marketing", "Survey"))
                key = f"commerce_cloud/{customer.site}/customer/{customer.customer_number}"
                at = later(dice, customer.created, 400)
                self._write(
                    {
                        "Record Key": key,
                        "Purpose": purpose,
                        "Channel": dice.pick(("push", "sms", "web")),
                        "Transaction Type": "CONFIRMED" if dice.chance(0.8) else "OPT_OUT",
                        "Lawful Basis": "consent",
                        "Collection Point": "App settings",
                    },
                    at,
                )

    def _write_named(self) -> None:
        """Receipts to look at, for the first named people with an address in a shop."""
        john, tanaka = (self._ledger.customers[number][0] for number in (1, 3))
        for customer, kind, day, channel in (
            (tanaka, "CONFIRMED", datetime(2024, 5, 1, 9), "email"),
            (tanaka, "WITHDRAWN", datetime(2025, 2, 3, 18, 30), "email"),
            (tanaka, "CONFIRMED", datetime(2026, 4, 10, 8, 15), "email"),
            # both boxes of one form
            (john, "CONFIRMED", datetime(2026, 6, 1, 12), "email"),
            (john, "OPT_OUT", datetime(2026, 6, 1, 12), "email"),
            # the address tells who speaks, of calls and messages to his number
            (tanaka, "CONFIRMED", datetime(2026, 4, 10, 8, 15), "sms"),
        ):
            country = customer.site.upper()
            subject = _Subject("email", customer.email, country, customer.created)
            self._add(subject, "Newsletter", kind, day, Dice(self._seed, day), channel=channel)

    def _write_service_choices(self) -> None:
        """The account page asks how one wants to hear of one's own cases, bills and deliveries."""
        for subject in self._addresses():
            dice = Dice(self._seed, "service messages", subject.value)
            if not dice.chance(_SERVICE_SHARE):
                continue
            at = moment(dice, subject.since, REFERENCE)
            kind = "CONFIRMED" if dice.chance(0.9) else "OPT_OUT"
            self._add(subject, "Support", kind, at, dice, channel=dice.pick(("email", "sms")))

    def _write_suppressions(self) -> None:
        keys = [
            f"commerce_cloud/{customer.site}/customer/{customer.customer_number}"
            for number in sorted(self._ledger.customers)[:4]
            for customer in self._ledger.customers[number][:1]
        ]
        first: Row = {
            "suppression_id": "S-001",
            "kind": "stop_contact",
            "record_key": keys[1],
            "starts_at": "2026-02-01",
            "decided_by": "service desk",
            "reason": "asked for silence",
        }
        lift = first | {"action": "lift", "starts_at": "2026-08-01", "reason": "asked to come back"}
        stop = first | {"suppression_id": "S-002", "record_key": keys[3], "starts_at": "2026-09-15"}
        hold: Row = {
            "suppression_id": "L-001",
            "kind": "litigation_hold",
            "record_key": keys[0],
            "starts_at": "2026-03-01",
            "decided_by": "legal",
            "reason": "case 26-118",
        }
        self._suppressions.rows += [first, lift, stop, hold]

    def _add(
        self,
        subject: _Subject,
        purpose: str,
        kind: str,
        at: datetime,
        dice: Dice,
        *,
        channel: str = "email",
        ends: datetime | None = None,
        again: bool = False,
    ) -> None:
        row: Row = {
            "Identifier Type": subject.kind,
            "Identifier": subject.value,
            "Country": subject.country,
            "Purpose": purpose,
            "Channel": channel,
            "Transaction Type": kind,
            "Lawful Basis": "consent" if kind == "CONFIRMED" else "",
            "Expiry Date": iso_z(ends) if ends else "",
            "Collection Point": dice.pick(_FORMS),
        }
        self._write(row, at, again=again)

    def _write(self, row: Row, at: datetime, *, again: bool = False) -> None:
        """A receipt of its own, or one more purpose of the last one."""
        self._receipts += not again
        self._events.rows.append(
            row
            | {
                "ReceiptId": f"R-{self._receipts:06d}",
                "Interaction Date": iso_z(at),
                "Created Date": iso_z(min(at + timedelta(seconds=2), REFERENCE)),
            }
        )
