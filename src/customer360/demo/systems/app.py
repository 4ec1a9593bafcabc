"""The shop's mobile app: screens that people look at, some of whom log in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from customer360.demo.clock import FACTS_START, REFERENCE, fact_moment, moment
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row
from customer360.demo.people import Person

_COLUMNS = """event_id event_timestamp device_id user_id session_id site event_name screen
app_version os"""
_SCHEMA = pa.schema(
    [
        (name, pa.timestamp("us", tz="UTC") if name == "event_timestamp" else pa.string())
        for name in _COLUMNS.split()
    ]
)
_SCREENS = ("home", "search", "product", "wishlist", "cart", "store_finder", "account")
_SHARE = 0.09
_DEVICES_PER_PERSON = 0.02


class App:
    """Writes the events that the app sends; they land beside those of the website."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._events = ledger.table("web/app_events.parquet", _COLUMNS, _SCHEMA)

    def write(self, people: list[Person]) -> None:
        """Events of customers who log in, and of devices on which nobody ever does."""
        known = {row.record_key for row in self._ledger.truth}
        for person in people:
            dice = Dice(self._seed, "app", person.number)
            customers = self._ledger.customers.get(person.number, [])[:1]
            for customer in customers if dice.chance(_SHARE) else []:
                device = _device(dice)
                for index in range(dice.between(1, 4)):
                    start = fact_moment(dice, customer.created)
                    is_known = index == 0 or dice.chance(0.7)
                    user = customer.customer_number if is_known else ""
                    self._write_session(customer.site, device, user, start, dice)
                key = f"web/main/user/{customer.customer_number}"
                if key not in known:
                    self._ledger.add_truth(key, person.party_id, note=person.note)
        for index in range(int(len(people) * _DEVICES_PER_PERSON)):
            dice = Dice(self._seed, "app device", index)
            start = moment(dice, FACTS_START, REFERENCE)
            self._write_session(dice.pick(("jp", "us")), _device(dice), "", start, dice)
        self._events.rows.sort(key=lambda row: (row["event_timestamp"], row["event_id"]))

    def _write_session(
        self, site: str, device: str, user: str, start: datetime, dice: Dice
    ) -> None:
        session, version = dice.letters(12), f"4.{dice.below(9)}.0"
        at, login_at = start, dice.below(2)
        for step in range(dice.between(2, 6)):
            row: Row = {
                "event_id": dice.letters(20),
                "event_timestamp": at,
                "device_id": device,
                "user_id": user if user and step >= login_at else None,
                "session_id": session,
                "site": site,
                "event_name": "login" if user and step == login_at else "screen_view",
                "screen": dice.pick(_SCREENS),
                "app_version": version,
                "os": device.split("-")[0],
            }
            self._events.rows.append(row)
            at = min(at + timedelta(seconds=dice.between(3, 90)), REFERENCE)


def _device(dice: Dice) -> str:
    return f"{dice.pick(('ios', 'android'))}-{dice.letters(20)}"
