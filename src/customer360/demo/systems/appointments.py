"""A booking tool of the stores: who is coming when for what, and who did not come."""

from __future__ import annotations

from datetime import datetime, timedelta

from customer360.demo.clock import FACTS_START, REFERENCE, iso_z, moment
from customer360.demo.dice import Dice
from customer360.demo.dirt import KANA, KANJI, ROMAJI, Profile, appear
from customer360.demo.ledger import Ledger, Row
from customer360.demo.people import Person

_COLUMNS = """booking_id booked_at updated_at starts_at duration_minutes service place status site
customer_number customer_name email phone country_code reminder_channel reminder_sent_at
cancelled_at"""
# a form that asks for little and wants all of it
_PROFILE = Profile(
    scripts={KANJI: 0.6, KANA: 0.25, ROMAJI: 0.15},
    email=1.0,
    mobile=0.85,
    landline=0.0,
    typo=0.02,
    placeholder=0.0,
)
# most who book have signed in to the shop
_SHARE = 0.17
_GUEST_SHARE = 0.01
_PLACES = {
    "JP": ("渋谷店", "横浜店", "大阪梅田店", "名古屋店"),
    "US": ("Denver", "Columbus", "Austin"),
    "GB": ("Bristol",),
    "DE": ("Hamburg",),
    "FR": ("Lyon",),
}
_SERVICES = {
    "JP": {"採寸": 45, "スタイリング相談": 60, "お直し": 30, "受け取り": 15},
    "US": {"Fitting": 45, "Style consultation": 60, "Repair": 30, "Pick-up": 15},
}
_LEAD_DAYS = {1: 0.2, 3: 0.25, 7: 0.25, 14: 0.2, 30: 0.1}


class Appointments:
    """Writes bookings: of customers of the shop who signed in, and of guests."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._bookings = ledger.table("appointments/bookings.csv", _COLUMNS)

    def write(self, people: list[Person]) -> None:
        """The file. The shops have written theirs."""
        booked: list[tuple[datetime, Person, Dice]] = []
        for person in people:
            dice = Dice(self._seed, "appointments", person.number)
            share = _SHARE if self._ledger.customers.get(person.number) else _GUEST_SHARE
            # nobody leaves the family's address with a tailor
            if dice.chance(share) and not person.uses_shared_email:
                for _ in range(dice.pick_weighted({1: 0.5, 2: 0.25, 3: 0.15, 5: 0.1})):
                    booked.append((moment(dice, FACTS_START, REFERENCE), person, dice))
        self._write_named()
        booked.sort(key=lambda booking: (booking[0], booking[1].number))
        for number, (at, person, dice) in enumerate(booked, start=1):
            self._write_booking(f"B{number:06d}", at, person, dice)

    def _write_named(self) -> None:
        """A booking to look at: the customer 00010726 of the Japanese shop, with his number."""
        customer = self._ledger.customers[3][0]
        row: Row = {
            "booking_id": "B000000",
            "booked_at": "2026-10-02T03:12:00.000Z",
            "updated_at": "2026-10-17T05:45:00.000Z",
            "starts_at": "2026-10-17T05:00:00.000Z",
            "duration_minutes": 45,
            "service": "採寸",
            "place": "渋谷店",
            "status": "completed",
            "site": customer.site,
            "customer_number": customer.customer_number,
            "country_code": "JP",
            "reminder_channel": "sms",
            "reminder_sent_at": "2026-10-16T05:00:00.000Z",
        }
        self._bookings.rows.append(row)

    def _write_booking(self, key: str, at: datetime, person: Person, dice: Dice) -> None:
        services = _SERVICES["JP" if person.country == "JP" else "US"]
        service = dice.pick(list(services))
        lead = dice.pick_weighted(_LEAD_DAYS)
        day = (at + timedelta(days=lead)).replace(minute=0, second=0, microsecond=0)
        starts = day.replace(hour=dice.between(1, 9), minute=dice.pick((0, 30)))
        has_reminder = lead > 1 and dice.chance(0.7)
        reminded = starts - timedelta(days=1)
        row: Row = {
            "booking_id": key,
            "booked_at": iso_z(at),
            "starts_at": iso_z(starts),
            "duration_minutes": services[service],
            "service": service,
            "place": dice.pick(_PLACES[person.country]),
            "country_code": person.country,
        }
        customers = [
            customer
            for customer in self._ledger.customers.get(person.number, [])
            if customer.created < at
        ]
        if customers and dice.chance(0.97):
            row |= {"site": customers[0].site, "customer_number": customers[0].customer_number}
        else:
            typed = appear(person, at, _PROFILE, dice)
            row |= {"customer_name": typed.full, "email": typed.email, "phone": typed.mobile}
            self._ledger.add_truth(
                f"appointments/main/guest_booking/{key}", person.party_id, note=person.note
            )
        if has_reminder and at < reminded < REFERENCE:
            row |= {
                "reminder_channel": "email" if row.get("email") or dice.chance(0.5) else "sms",
                "reminder_sent_at": iso_z(reminded),
            }
        self._settle(row, person, at, starts, lead, dice)
        self._bookings.rows.append(row)

    def _settle(
        self, row: Row, person: Person, at: datetime, starts: datetime, lead: int, dice: Dice
    ) -> None:
        """What became of it; some people forget more than others, and a reminder helps."""
        is_forgetful = Dice(self._seed, "forgetful", person.number).chance(0.2)
        no_show = 0.03 + 0.004 * lead + 0.3 * is_forgetful
        if row.get("reminder_sent_at"):
            no_show *= 0.5
        changed = at
        if dice.chance(0.12):
            changed = moment(dice, at, min(max(starts, at), REFERENCE))
            row |= {"status": "cancelled", "cancelled_at": iso_z(changed)}
        elif starts >= REFERENCE:
            row["status"] = "confirmed" if dice.chance(0.6) else "booked"
        else:
            row["status"] = "no_show" if dice.chance(no_show) else "completed"
            changed = min(starts + timedelta(minutes=row["duration_minutes"]), REFERENCE)
        row["updated_at"] = iso_z(max(changed, at))
