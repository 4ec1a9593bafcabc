"""Social profiles, appointments, enrichment and the app in the demo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from customer360.demo import Demo
from customer360.demo.clock import REFERENCE
from customer360.demo.opinions import NEGATIVE, NEUTRAL, POSITIVE
from tests.python.demo.conftest import Rows

Load = Callable[[str], Rows]


def _at(value: object) -> datetime:
    return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S.000Z")


def test_every_text_has_a_sentiment_and_nothing_else_has(rows: Load, demo: Demo) -> None:
    texts = {
        f"social/main/interaction/{row['network']}:{row['interaction_id']}": row["text"]
        for row in rows("social/interactions")
        if row["text"]
    }
    texts |= {
        f"social/main/review/{row['network']}:{row['review_id']}": row["text"]
        for row in rows("social/reviews")
        if row["deleted"] == "false"
    }
    opinions = {opinion.key: opinion for opinion in demo.ledger.opinions}
    assert {key: opinion.text for key, opinion in opinions.items()} == texts
    told = Counter((opinion.language, opinion.sentiment) for opinion in opinions.values())
    assert set(told) == {(la, s) for la in ("ja", "en") for s in (POSITIVE, NEUTRAL, NEGATIVE)}
    assert min(told.values()) >= 15


def test_stars_go_with_the_sentiment(rows: Load, demo: Demo) -> None:
    meant = {opinion.key: opinion.sentiment for opinion in demo.ledger.opinions}
    stars: dict[str, list[int]] = {POSITIVE: [], NEUTRAL: [], NEGATIVE: []}
    for row in rows("social/reviews"):
        sentiment = meant.get(f"social/main/review/{row['network']}:{row['review_id']}")
        if sentiment:
            stars[sentiment].append(int(str(row["rating"])))
    assert min(stars[POSITIVE]) >= 4
    assert max(stars[NEGATIVE]) <= 3
    assert 2.5 < sum(stars[NEUTRAL]) / len(stars[NEUTRAL]) < 3.5


def test_reviews_are_about_products_that_the_customer_ordered(rows: Load) -> None:
    lines = {
        ("jp", row["orderNo"], row["productId"]) for row in rows("commerce_cloud/jp/order_items")
    }
    lines |= {
        ("us", row["order_no"], row["product_id"]) for row in rows("commerce_cloud/us/order_items")
    }
    reviews = rows("social/reviews")
    assert len(reviews) > 100
    assert {(row["site"], row["order_number"], row["product_id"]) for row in reviews} <= lines
    profiles = {(row["network"], row["profile_id"]) for row in rows("social/profiles")}
    for name in ("social/reviews", "social/interactions"):
        assert {(row["network"], row["profile_id"]) for row in rows(name)} <= profiles


def test_some_who_have_an_open_opportunity_complain_in_public(
    rows: Load, demo: Demo, truth: dict[str, str]
) -> None:
    open_deals = [row for row in rows("sales_cloud/Opportunity") if row["IsClosed"] == "false"]
    selling = {
        truth.get(f"sales_cloud/main/{kind}/{row[column]}")
        for row in open_deals
        for kind, column in (("contact", "ContactId"), ("account", "AccountId"))
    }
    profile_of = {
        f"social/main/interaction/{row['network']}:{row['interaction_id']}": (
            f"social/main/profile/{row['network']}:{row['profile_id']}"
        )
        for row in rows("social/interactions")
        if _at(row["occurred_at"]) > REFERENCE - timedelta(days=61)
    }
    complaining = {
        truth[profile_of[opinion.key]]
        for opinion in demo.ledger.opinions
        if opinion.sentiment == NEGATIVE and opinion.key in profile_of
    }
    assert len(complaining & selling) >= 5


def test_a_reminder_is_sent_between_booking_and_appointment(rows: Load) -> None:
    bookings = rows("appointments/bookings")
    statuses = Counter(row["status"] for row in bookings)
    assert {"booked", "confirmed", "completed", "cancelled", "no_show"} == set(statuses)
    assert 0.03 < statuses["no_show"] / len(bookings) < 0.2
    reminded = [row for row in bookings if row["reminder_sent_at"]]
    assert len(reminded) > 100
    for row in reminded:
        assert _at(row["booked_at"]) < _at(row["reminder_sent_at"]) < _at(row["starts_at"])
    for row in bookings:
        lies_ahead = row["status"] in ("booked", "confirmed")
        if row["status"] != "cancelled":
            assert lies_ahead == (_at(row["starts_at"]) >= REFERENCE), row
        assert bool(row["customer_number"]) != bool(row["customer_name"])


def test_corporate_numbers_are_given_to_nobody(rows: Load) -> None:
    numbers = {row["registered_number"] for row in rows("enrichment/firmographics")} - {""}
    assert len(numbers) > 20
    # the first digit is a check digit from 1 to 9
    assert all(len(str(number)) == 13 and str(number).startswith("0") for number in numbers)


def test_providers_contradict_each_other_and_know_some_by_their_own_key_alone(rows: Load) -> None:
    demographics = rows("enrichment/demographics")
    keys = ("record_key", "email", "phone")
    alone = [row for row in demographics if not any(row[key] for key in keys)]
    named = {row["provider_key"] for row in demographics if any(row[key] for key in keys)}
    assert len(alone) > 20
    assert {row["provider_key"] for row in alone} <= named
    bands: dict[object, set[object]] = {}
    for row in demographics:
        bands.setdefault(row["provider_key"], set()).add(row["household_income_band"])
    assert sum(len(told) > 1 for told in bands.values()) > 20


def test_some_devices_of_the_app_are_anonymous(rows: Load) -> None:
    users: dict[object, set[object]] = {}
    for row in rows("web/app_events"):
        users.setdefault(row["device_id"], set()).add(row["user_id"])
    known = [device for device, who in users.items() if who - {None}]
    assert len(known) > 50
    assert len(users) - len(known) > 20
