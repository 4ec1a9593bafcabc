"""The demo's time: everything is relative to a fixed reference date, never to the wall clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from customer360.demo.dice import Dice

#: the moment of the extract; nothing in the demo is later
REFERENCE = datetime(2026, 10, 31)
#: facts are spread over the 24 months before the reference
FACTS_START = datetime(2024, 11, 1)
#: the oldest record of the oldest system
RECORDS_START = datetime(2017, 1, 1)


def moment(dice: Dice, start: datetime, end: datetime) -> datetime:
    """Some second in [start, end), by day; `start` itself when the span is empty."""
    seconds = max(int((end - start).total_seconds()), 1)
    return start + timedelta(seconds=dice.below(seconds))


def fact_moment(dice: Dice, created: datetime) -> datetime:
    """Some second of the fact window after the record was created."""
    return moment(dice, max(created, FACTS_START), REFERENCE)


def later(dice: Dice, start: datetime, days: float) -> datetime:
    """Up to `days` after the start, but before the reference."""
    return moment(dice, start, min(start + timedelta(days=days), REFERENCE))


def years_before(day: date, years: int) -> date:
    """The same day some years earlier (28 February for a leap day)."""
    return day.replace(year=day.year - years, day=min(day.day, 28))


def iso_z(value: datetime) -> str:
    """2026-10-31T00:00:00.000Z"""
    return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def iso_offset(value: datetime) -> str:
    """2026-10-31T00:00:00.000+0000"""
    return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def naive(value: datetime) -> str:
    """2026-10-31 00:00:00"""
    return value.strftime("%Y-%m-%d %H:%M:%S")
