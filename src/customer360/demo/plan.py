"""Who is in which system: one to five records for most people, some duplicated, some deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from customer360.demo.clock import FACTS_START, RECORDS_START, REFERENCE, moment
from customer360.demo.dice import Dice
from customer360.demo.people import Person


class Place(Enum):
    """Where a record of a person can be."""

    CONTACT = "contact"
    LEAD = "lead"
    PERSON_ACCOUNT = "person_account"
    SERVICE = "service"
    SUBSCRIBER = "subscriber"
    MARKETING_CONTACT = "marketing_contact"
    CUSTOMER_JP = "customer_jp"
    CUSTOMER_US = "customer_us"
    GUEST_JP = "guest_jp"
    GUEST_US = "guest_us"
    WEB_JP = "web_jp"
    WEB_US = "web_us"
    FILE = "file"


CUSTOMER_PLACE = {"jp": Place.CUSTOMER_JP, "us": Place.CUSTOMER_US}
GUEST_PLACE = {"jp": Place.GUEST_JP, "us": Place.GUEST_US}
WEB_PLACE = {"jp": Place.WEB_JP, "us": Place.WEB_US}

_RECORDS = {1: 0.19, 2: 0.22, 3: 0.24, 4: 0.2, 5: 0.15}


@dataclass(slots=True)
class Planned:
    """One record to write.

    `is_clean` leaves out the dirt, `fields` overrides columns (both for the named cases).
    `fate` is live, deleted, or merged (natively, into the person's live record).
    """

    person: Person
    place: Place
    created: datetime
    copy: int = 0
    fate: str = "live"
    is_clean: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    def dice(self, seed: int, purpose: str = "record") -> Dice:
        """The record's own random stream."""
        return Dice(seed, purpose, self.place.value, self.person.number, self.copy)


def plan_records(people: list[Person], seed: int) -> list[Planned]:
    """The records of people who are not written by hand."""
    records: list[Planned] = []
    for person in people:
        records.extend(_plan_person(person, Dice(seed, "plan", person.number)))
    return records


def _candidates(person: Person) -> dict[Place, float]:
    home, abroad = ("jp", "us") if person.country == "JP" else ("us", "jp")
    is_employed = person.employer is not None
    return {
        Place.CONTACT: 2.4 if is_employed else 0.0,
        Place.LEAD: 0.5,
        Place.PERSON_ACCOUNT: 0.0 if is_employed else 0.1,
        Place.SERVICE: 0.9,
        Place.SUBSCRIBER: 1.0,
        CUSTOMER_PLACE[home]: 1.2,
        CUSTOMER_PLACE[abroad]: 0.05,
        GUEST_PLACE[home]: 0.4,
        Place.FILE: 0.2,
    }


def _plan_person(person: Person, dice: Dice) -> list[Planned]:
    budget = dice.pick_weighted(_RECORDS)
    weights = _candidates(person)
    records: list[Planned] = []
    while budget > 0:
        place = dice.pick_weighted(weights)
        weights[place] = 0.0
        records.append(Planned(person, place, _created(person, place, dice)))
        budget -= 1
        if place is Place.SUBSCRIBER:
            weights[Place.MARKETING_CONTACT] = 4.0
        if place is Place.PERSON_ACCOUNT:
            # a person account is two rows, and its owner is no business contact or lead besides
            budget -= 1
            weights[Place.LEAD] = 0.0
        for site in ("jp", "us"):
            if place is CUSTOMER_PLACE[site]:
                weights[WEB_PLACE[site]] = 0.7
        if budget > 0 and dice.chance(0.06) and place in _REPEATABLE:
            records.append(Planned(person, place, _created(person, place, dice), copy=1))
            budget -= 1
            if place is Place.CONTACT and dice.chance(0.7):
                records[-1].fate = "merged"
    if dice.chance(0.03):
        place = dice.pick((Place.CONTACT, Place.LEAD, Place.SERVICE))
        if place is not Place.CONTACT or person.employer is not None:
            records.append(
                Planned(person, place, _created(person, place, dice), copy=7, fate="deleted")
            )
    return records


_REPEATABLE = {
    Place.CONTACT,
    Place.LEAD,
    Place.SERVICE,
    Place.CUSTOMER_JP,
    Place.CUSTOMER_US,
    Place.GUEST_JP,
    Place.GUEST_US,
}


def _created(person: Person, place: Place, dice: Dice) -> datetime:
    if place in (Place.GUEST_JP, Place.GUEST_US):
        return moment(dice, FACTS_START, REFERENCE - timedelta(days=1))
    if place is Place.FILE:
        day = dice.pick((datetime(2025, 4, 16), datetime(2026, 4, 22)))
        return day + timedelta(hours=dice.between(9, 16), minutes=dice.below(60))
    # nobody is a customer before the age of fifteen
    grown_up = datetime(person.birth_date.year + 15, 12, 31)
    return moment(dice, max(RECORDS_START, grown_up), REFERENCE - timedelta(days=20))
