"""Web tracking: page events of visitors, some of whom log in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from customer360.demo.clock import FACTS_START, REFERENCE, fact_moment, moment
from customer360.demo.dice import Dice
from customer360.demo.ledger import Customer, Ledger, Row
from customer360.demo.people import Person
from customer360.demo.places import TOWNS, Town
from customer360.demo.plan import WEB_PLACE, Planned

_COLUMNS = """event_id event_timestamp anonymous_id user_id session_id site event_name url referrer
utm_source utm_medium utm_campaign country region city transaction_id"""
_SCHEMA = pa.schema(
    [
        (name, pa.timestamp("us", tz="UTC") if name == "event_timestamp" else pa.string())
        for name in _COLUMNS.split()
    ]
)
_PAGES = ("", "women", "men", "sale", "product/25518447M", "product/25752986M", "cart", "account")
_ARRIVALS = (
    ("https://www.search.example.com/", "", "", ""),
    ("", "", "", ""),
    ("", "email", "email", "newsletter"),
    ("https://social.example.net/", "social", "cpc", "autumn"),
)


class Web:
    """Writes the page events."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._events = ledger.table("web/page_events.parquet", _COLUMNS, _SCHEMA)
        self._orders = self._orders_by_customer()
        self._users: dict[tuple[int, str], list[tuple[Person, str]]] = {}

    def write(self, records: list[Planned], visitors: int) -> None:
        """Events of everybody who logs in, and of `visitors` who never do."""
        for site in ("jp", "us"):
            for record in records:
                if record.place is WEB_PLACE[site]:
                    self._write_user(record, site)
        for index in range(visitors):
            dice = Dice(self._seed, "visitor", index)
            site = dice.pick(("jp", "us"))
            town = dice.pick(TOWNS["JP" if site == "jp" else "US"])
            device = _uuid(dice)
            for _ in range(dice.between(1, 2)):
                self._write_session(
                    site, device, "", town, moment(dice, FACTS_START, REFERENCE), dice
                )
        self._write_shared_devices()
        self._events.rows.sort(key=lambda row: (row["event_timestamp"], row["event_id"]))

    def _orders_by_customer(self) -> dict[str, list[tuple[datetime, str]]]:
        orders: dict[str, dict[str, datetime]] = {}
        for path, number, order, placed in (
            ("commerce_cloud/jp/orders.csv", "customerNo", "orderNo", "creationDate"),
            ("commerce_cloud/us/orders.parquet", "customer_no", "order_no", "creation_date"),
        ):
            for row in self._ledger.tables[path].rows:
                when = row[placed]
                if isinstance(when, str):
                    when = datetime.strptime(when, "%Y-%m-%dT%H:%M:%S.000Z")
                orders.setdefault(row[number], {})[row[order]] = when
        return {
            customer: [(when, order) for order, when in placed.items()]
            for customer, placed in orders.items()
        }

    def _write_user(self, record: Planned, site: str) -> None:
        person, dice = record.person, record.dice(self._seed)
        logins = [
            customer for customer in self._ledger.customers[person.number] if customer.site == site
        ][:1]
        for customer in logins:
            device = _uuid(dice)
            town = person.household.address.town
            self._users.setdefault((id(person.household), site), []).append(
                (person, customer.customer_number)
            )
            for placed, order in self._orders.get(customer.customer_number, [])[:2]:
                start = placed - timedelta(minutes=dice.between(2, 15))
                self._write_session(
                    site, device, customer.customer_number, town, start, dice, (placed, order)
                )
            for index in range(dice.between(1, 3)):
                is_known = index == 0 or dice.chance(0.6)
                self._write_session(
                    site,
                    device if dice.chance(0.8) else _uuid(dice),
                    customer.customer_number if is_known else "",
                    town,
                    fact_moment(dice, customer.created),
                    dice,
                )
            self._note(person, customer)

    def _write_shared_devices(self) -> None:
        """A tablet per home where two people sign in: one, nobody, the other, nobody."""
        homes = [(site, users) for (_, site), users in self._users.items() if len(users) > 1]
        for index, (site, users) in enumerate(homes):
            dice = Dice(self._seed, "shared device", index)
            device = _uuid(dice)
            at = moment(dice, FACTS_START, REFERENCE - timedelta(days=30))
            for user in ("", users[0][1], "", users[1][1], ""):
                town = users[0][0].household.address.town
                self._write_session(site, device, user, town, at, dice)
                at += timedelta(days=dice.between(1, 5))

    def _note(self, person: Person, customer: Customer) -> None:
        self._ledger.add_truth(
            f"web/main/user/{customer.customer_number}", person.party_id, note=person.note
        )

    def _write_session(
        self,
        site: str,
        device: str,
        user: str,
        town: Town,
        start: datetime,
        dice: Dice,
        purchase: tuple[datetime, str] | None = None,
    ) -> None:
        session = dice.letters(16)
        referrer, source, medium, campaign = dice.pick(_ARRIVALS)
        at = start
        steps = dice.between(2, 6)
        login_at = dice.below(2)
        host = f"https://{site}.shop.example.com"
        for step in range(steps):
            is_last = step == steps - 1
            name = dice.pick_weighted({"page_view": 0.7, "view_item": 0.2, "add_to_cart": 0.1})
            row: Row = {
                "event_id": _uuid(dice),
                "event_timestamp": at,
                "anonymous_id": device,
                "user_id": user if user and step >= login_at else None,
                "session_id": session,
                "site": site,
                "event_name": "login" if user and step == login_at else name,
                "url": f"{host}/{dice.pick(_PAGES)}",
                "referrer": (referrer or None) if step == 0 else None,
                "utm_source": source or None,
                "utm_medium": medium or None,
                "utm_campaign": campaign or None,
                "country": town.country,
                "region": town.region_latin or town.region or None,
                "city": town.city_latin or town.city,
                "transaction_id": None,
            }
            if purchase is not None and is_last:
                row |= {
                    "event_timestamp": max(at, purchase[0]),
                    "event_name": "purchase",
                    "url": f"{host}/order-confirmation",
                    "transaction_id": purchase[1],
                }
            self._events.rows.append(row)
            at += timedelta(seconds=dice.between(4, 110), microseconds=dice.below(1_000_000))


def _uuid(dice: Dice) -> str:
    text = dice.letters(32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{text[16:20]}-{text[20:]}"
