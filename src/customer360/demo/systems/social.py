"""A social listening tool: profiles, what they post and like, whom they follow, and reviews."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from customer360.demo.clock import FACTS_START, REFERENCE, iso_z, later, moment
from customer360.demo.dice import Dice
from customer360.demo.ledger import Customer, Ledger, Opinion, Row
from customer360.demo.opinions import NEGATIVE, NEUTRAL, POSITIVE, opinion, rating, title
from customer360.demo.people import Person

_PROFILES = """network profile_id handle display_name email site customer_number country_code
created_at updated_at deleted"""
_INTERACTIONS = """network interaction_id profile_id kind occurred_at text language product_id site
order_number reply_to url deleted"""
_REVIEWS = """network review_id profile_id product_id site order_number rating title text language
created_at updated_at deleted"""

# networks that nobody runs, so that no handle is a real person's
_NETWORKS = ("microblog", "photos")
_REVIEW_PAGES = "reviews"
_SHARE = 0.06
_SHARE_OF_OTHERS = 0.015
_REVIEWING_SHARE = 0.12
_STRANGERS_PER_PERSON = 0.01
_SENTIMENTS = {POSITIVE: 0.45, NEUTRAL: 0.25, NEGATIVE: 0.3}
#: so many of the people with an open opportunity complain in public
_COMPLAINING = 8
_WORDS = [
    "mochi",
    "kumo",
    "lantern",
    "pixel",
    "ramune",
    "harbor",
    "tansy",
    "cricket",
    "marble",
    "yuzu",
    "acorn",
    "drizzle",
]


@dataclass(frozen=True, slots=True)
class _Account:
    """A profile that has been written."""

    network: str
    profile_id: str
    language: str
    since: datetime


@dataclass(frozen=True, slots=True)
class _Purchase:
    """A line of an order that a registered customer placed."""

    site: str
    order_number: str
    product_id: str
    product: str
    ordered: datetime


class Social:
    """Writes profiles of customers and of people who are none, and what they say."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._profiles = ledger.table("social/profiles.csv", _PROFILES)
        self._interactions = ledger.table("social/interactions.csv", _INTERACTIONS)
        self._reviews = ledger.table("social/reviews.csv", _REVIEWS)
        self._purchases = _purchases(ledger)
        self._products = sorted(
            {(each.product_id, each.product) for made in self._purchases.values() for each in made}
        )
        self._posts: list[tuple[datetime, str]] = []

    def write(self, people: list[Person]) -> None:
        """All three files. The shops and Sales Cloud have written theirs."""
        numbers = {person.number for person in people}
        selling = [n for n in self._people_with_an_open_opportunity() if n in numbers]
        complaining = selling[:_COMPLAINING]
        for person in people:
            dice = Dice(self._seed, "social", person.number)
            handle = f"{dice.pick(_WORDS)}_{dice.pick(_WORDS)}{dice.between(1, 9999)}"
            is_customer = bool(self._ledger.customers.get(person.number))
            is_social = dice.chance(_SHARE if is_customer else _SHARE_OF_OTHERS)
            if is_social or person.number in complaining:
                account = self._write_person(person, handle, dice)
                if person.number in complaining:
                    self._complain(account, person)
            reviewing = Dice(self._seed, "reviews", person.number)
            if reviewing.chance(_REVIEWING_SHARE):
                self._write_reviews(person, handle if is_social else "", reviewing)
        for number in range(1, int(len(people) * _STRANGERS_PER_PERSON) + 1):
            self._write_stranger(number)
        # as the tool exports them
        self._interactions.rows.sort(key=lambda row: (row["occurred_at"], row["interaction_id"]))
        self._reviews.rows.sort(key=lambda row: (row["created_at"], row["review_id"]))

    def _people_with_an_open_opportunity(self) -> list[int]:
        """Contacts of the deal, or the person whose account it is; by number."""
        persons = {
            contact: number for number, ids in self._ledger.contacts.items() for contact in ids
        }
        persons |= {
            account: number for number, (_, account) in self._ledger.person_accounts.items()
        }
        newest = {row["Id"]: row for row in self._ledger.tables["sales_cloud/Opportunity.csv"].rows}
        open_deals = [row for row in newest.values() if not (row["IsClosed"] or row["IsDeleted"])]
        return sorted(
            {
                persons[key]
                for row in open_deals
                for key in (row["ContactId"], row["AccountId"])
                if key in persons
            }
        )

    def _write_person(self, person: Person, handle: str, dice: Dice) -> _Account:
        """One or two profiles; the second has the first one's handle and a name to go by."""
        evidence = dice.pick_weighted({"customer": 0.85, "email": 0.1, "name": 0.05})
        first, second = dice.shuffled(_NETWORKS)
        customers = self._ledger.customers.get(person.number, [])
        row: Row = {"handle": handle, "display_name": _display_name(person, dice)}
        if evidence == "customer" and customers:
            row |= _link(customers[0])
            if dice.chance(0.25):
                row["display_name"] = handle
        elif evidence != "name":
            row["email"] = person.email
        account = self._write_profile(person.party_id, first, row, person, dice)
        self._write_interactions(account, dice)
        if dice.chance(0.2):
            kept = {"handle": handle, "display_name": _display_name(person, dice)}
            again = self._write_profile(person.party_id, second, kept, person, dice)
            self._write_interactions(again, dice)
        return account

    def _write_stranger(self, number: int) -> None:
        """Somebody who follows the company and is no customer: a handle, and no more."""
        dice = Dice(self._seed, "stranger on social", number)
        handle = f"{dice.pick(_WORDS)}.{dice.pick(_WORDS)}{dice.between(10_000, 99_999)}"
        row: Row = {"handle": handle, "display_name": handle}
        account = self._write_profile(
            f"stranger-{number:04d}", dice.pick(_NETWORKS), row, None, dice
        )
        self._write_interactions(account, dice)

    def _write_profile(
        self, party_id: str, network: str, row: Row, person: Person | None, dice: Dice
    ) -> _Account:
        country = person.country if person else dice.pick(("JP", "US"))
        profile_id = dice.letters(11, "0123456789")
        since = moment(dice, datetime(2016, 1, 1), datetime(2025, 6, 1))
        self._profiles.rows.append(
            row
            | {
                "network": network,
                "profile_id": profile_id,
                "handle": f"@{row['handle']}",
                "country_code": country,
                "created_at": iso_z(since),
                "updated_at": iso_z(later(dice, since, 900)),
                "deleted": False,
            }
        )
        self._ledger.add_truth(f"social/main/profile/{network}:{profile_id}", party_id)
        language = "ja" if country == "JP" else "en"
        return _Account(network, profile_id, language, max(since, FACTS_START))

    def _write_interactions(self, account: _Account, dice: Dice) -> None:
        if dice.chance(0.7):
            followed = moment(dice, account.since, REFERENCE)
            self._interact(account, "follow", followed, dice)
            if dice.chance(0.08):
                self._interact(account, "unfollow", later(dice, followed, 200), dice)
        for _ in range(dice.between(0, 4)):
            when = moment(dice, account.since, REFERENCE)
            if self._posts and dice.chance(0.4):
                posted, liked = dice.pick(self._posts)
                kind = "share" if dice.chance(0.2) else "like"
                self._interact(account, kind, later(dice, posted, 20), dice, reply_to=liked)
            else:
                self._post(account, dice.pick_weighted(_SENTIMENTS), when, dice)

    def _complain(self, account: _Account, person: Person) -> None:
        """A public complaint in the last two months, while a deal is open."""
        dice = Dice(self._seed, "complaint", person.number)
        when = moment(dice, REFERENCE - timedelta(days=60), REFERENCE)
        self._post(account, NEGATIVE, when, dice)

    def _post(self, account: _Account, sentiment: str, when: datetime, dice: Dice) -> None:
        product_id, product = dice.pick(self._products)
        more: Row = {
            "text": opinion(dice, account.language, sentiment, product),
            "language": account.language,
            "product_id": product_id if dice.chance(0.5) else "",
        }
        kind = "post"
        if self._posts and dice.chance(0.15):
            posted, more["reply_to"] = dice.pick(self._posts)
            kind, when = "reply", max(when, posted)
        row = self._interact(account, kind, when, dice, **more)
        if kind == "post":
            self._posts.append((when, row["interaction_id"]))
        key = f"social/main/interaction/{account.network}:{row['interaction_id']}"
        self._ledger.opinions.append(Opinion(key, account.language, sentiment, row["text"]))

    def _interact(
        self, account: _Account, kind: str, when: datetime, dice: Dice, **more: str
    ) -> Row:
        number = dice.letters(14, "0123456789")
        row: Row = {
            "network": account.network,
            "interaction_id": number,
            "profile_id": account.profile_id,
            "kind": kind,
            "occurred_at": iso_z(when),
            "url": f"https://{account.network}.example.com/{number}" if "text" in more else "",
            "deleted": False,
        } | more
        self._interactions.rows.append(row)
        return row

    def _write_reviews(self, person: Person, handle: str, dice: Dice) -> None:
        """Reviews of what the person bought; who reviews has signed in to the shop."""
        customers = self._ledger.customers.get(person.number, [])
        bought = [
            (customer, purchase)
            for customer in customers
            for purchase in self._purchases[customer.site, customer.customer_number]
        ]
        if not bought:
            return
        customer = bought[0][0]
        handle = handle or f"{dice.pick(_WORDS)}{dice.between(10_000, 99_999)}"
        # review pages show a nickname
        row: Row = {"handle": handle, "display_name": handle} | _link(customer)
        account = self._write_profile(person.party_id, _REVIEW_PAGES, row, person, dice)
        for purchase in [purchase for _, purchase in bought if dice.chance(0.5)][:3]:
            sentiment = dice.pick_weighted(_SENTIMENTS)
            written = later(dice, purchase.ordered + timedelta(days=3), 40)
            if written >= REFERENCE:
                continue
            review: Row = {
                "network": _REVIEW_PAGES,
                "review_id": dice.letters(9, "0123456789"),
                "profile_id": account.profile_id,
                "product_id": purchase.product_id,
                "site": purchase.site,
                "order_number": purchase.order_number,
                "rating": rating(dice, sentiment),
                "title": title(dice, account.language, sentiment) if dice.chance(0.7) else "",
                "text": opinion(dice, account.language, sentiment, purchase.product),
                "language": account.language,
                "created_at": iso_z(written),
                "updated_at": iso_z(written),
                "deleted": dice.chance(0.02),
            }
            if dice.chance(0.04):
                # edited since: the same review, delivered twice
                edited = review | {"rating": min(review["rating"] + 1, 5)}
                edited["updated_at"] = iso_z(later(dice, written, 10))
                self._reviews.rows.append(review)
                review = edited
            self._reviews.rows.append(review)
            key = f"social/main/review/{_REVIEW_PAGES}:{review['review_id']}"
            if not review["deleted"]:
                self._ledger.opinions.append(
                    Opinion(key, account.language, sentiment, review["text"])
                )


def _display_name(person: Person, dice: Dice) -> str:
    family, given = person.family.written, person.given.written
    if person.country != "JP":
        return f"{given} {family}"
    if dice.chance(0.3):
        return f"{person.latin(person.given).title()} {person.latin(person.family).title()}"
    return f"{family}{dice.pick(('', ' ', '　'))}{given}"


def _link(customer: Customer) -> Row:
    """Signed in to the shop with the profile: the customer number is the shop's word."""
    return {"site": customer.site, "customer_number": customer.customer_number}


def _purchases(ledger: Ledger) -> dict[tuple[str, str], list[_Purchase]]:
    """What each registered customer ordered, by site and customer number."""
    found: dict[tuple[str, str], list[_Purchase]] = defaultdict(list)
    for site, orders, items, names in (
        (
            "jp",
            "commerce_cloud/jp/orders.csv",
            "commerce_cloud/jp/order_items.csv",
            ("orderNo", "customerNo", "creationDate", "productId", "productName"),
        ),
        (
            "us",
            "commerce_cloud/us/orders.parquet",
            "commerce_cloud/us/order_items.parquet",
            ("order_no", "customer_no", "creation_date", "product_id", "product_name"),
        ),
    ):
        order, customer, placed, product_id, product = names
        placed_by: dict[str, tuple[str, datetime]] = {}
        for row in ledger.tables[orders].rows:
            when = row[placed]
            if isinstance(when, str):
                when = datetime.strptime(when, "%Y-%m-%dT%H:%M:%S.000Z")
            placed_by[row[order]] = (row[customer], when)
        for row in ledger.tables[items].rows:
            number, when = placed_by[row[order]]
            found[site, number].append(
                _Purchase(site, row[order], row[product_id], row[product], when)
            )
    return found
