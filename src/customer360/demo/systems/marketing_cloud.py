"""Marketing Cloud: subscribers, a data extension of contacts, and the event data views."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from customer360.demo.clock import FACTS_START, REFERENCE, later, moment, naive
from customer360.demo.dice import Dice
from customer360.demo.dirt import CLEAN, HIRAGANA, KANA, KANJI, ROMAJI, Profile, appear
from customer360.demo.ledger import Ledger, Row
from customer360.demo.plan import Place, Planned

#: the data views keep Central Standard Time all year and say so nowhere
CENTRAL = timedelta(hours=-6)
ACCOUNT_ID = 10812345
_SUBSCRIBERS = (
    "SubscriberID SubscriberKey EmailAddress Status DateJoined DateUnsubscribed BounceCount"
)
_CONTACTS = """SubscriberKey EmailAddress FirstName LastName Phone BirthDate PostalCode City Country
CreatedDate ModifiedDate"""
_EVENT = "AccountID JobID ListID BatchID SubscriberID SubscriberKey EventDate Domain"
_CAMPAIGN_PAGES = ("sale", "new-arrivals", "outlet", "gift-guide", "members", "blog/care")

_SUBSCRIBER_PROFILE = Profile(email=1.0, typo=0.01, placeholder=0.0)
_CONTACT_PROFILE = Profile(
    scripts={ROMAJI: 0.4, KANJI: 0.4, KANA: 0.1, HIRAGANA: 0.1},
    email=1.0,
    mobile=0.5,
    birth_date=0.45,
    address=0.8,
    nickname=0.2,
    placeholder=0.02,
)


def _event_schema(extra: tuple[tuple[str, pa.DataType], ...]) -> pa.Schema:
    fields: list[tuple[str, pa.DataType]] = [
        ("AccountID", pa.int64()),
        ("JobID", pa.int64()),
        ("ListID", pa.int64()),
        ("BatchID", pa.int64()),
        ("SubscriberID", pa.int64()),
        ("SubscriberKey", pa.string()),
        ("EventDate", pa.timestamp("us")),
        ("Domain", pa.string()),
    ]
    return pa.schema([*fields, *extra])


class MarketingCloud:
    """Writes subscribers, data extension and events; keys are ids of other systems or e-mails."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._subscribers = ledger.table("marketing_cloud/_Subscribers.csv", _SUBSCRIBERS)
        self._contacts = ledger.table("marketing_cloud/Contacts.csv", _CONTACTS)
        unique = (("IsUnique", pa.bool_()),)
        click = (("URL", pa.string()), ("LinkName", pa.string()), *unique)
        self._sent = ledger.table("marketing_cloud/_Sent.parquet", _EVENT, _event_schema(()))
        self._open = ledger.table(
            "marketing_cloud/_Open.parquet", f"{_EVENT} IsUnique", _event_schema(unique)
        )
        self._click = ledger.table(
            "marketing_cloud/_Click.parquet",
            f"{_EVENT} URL LinkName IsUnique",
            _event_schema(click),
        )
        self._bounce = ledger.table("marketing_cloud/_Bounce.csv", f"{_EVENT} BounceCategory")
        self._unsubscribe = ledger.table("marketing_cloud/_Unsubscribe.csv", f"{_EVENT} IsUnique")
        self._keys: set[str] = set()
        self._extended: set[int] = set()
        campaign = Dice(seed, "campaigns")
        self._jobs = sorted(
            (moment(campaign, FACTS_START, REFERENCE).replace(minute=0, second=0), 20_000 + number)
            for number in range(40)
        )

    def write(self, records: list[Planned]) -> None:
        """All seven files."""
        self._extended = {
            record.person.number for record in records if record.place is Place.MARKETING_CONTACT
        }
        subscribers = [record for record in records if record.place is Place.SUBSCRIBER]
        subscribers.sort(key=lambda record: record.created)
        for index, record in enumerate(subscribers):
            self._write_subscriber(record, 3_000_001 + 13 * index)

    def _write_subscriber(self, record: Planned, subscriber_id: int) -> None:
        person, dice = record.person, record.dice(self._seed)
        profile = CLEAN if record.is_clean else _SUBSCRIBER_PROFILE
        typed = appear(person, record.created, profile, dice)
        email = record.fields.get("EmailAddress", typed.email)
        key = self._key(record, email, subscriber_id, dice)
        status = dice.pick_weighted({"active": 0.88, "unsubscribed": 0.07, "bounced": 0.05})
        if record.is_clean:
            status = "active"
        left = moment(dice, max(record.created, FACTS_START), REFERENCE)
        row: Row = {
            "SubscriberID": subscriber_id,
            "SubscriberKey": key,
            "EmailAddress": email,
            "Status": status,
            "DateJoined": naive(record.created + CENTRAL),
            "DateUnsubscribed": naive(left + CENTRAL) if status == "unsubscribed" else "",
            "BounceCount": dice.between(3, 6) if status == "bounced" else 0,
        }
        self._subscribers.rows.append(row)
        self._ledger.add_truth(
            f"marketing_cloud/main/subscriber/{key}", person.party_id, note=person.note
        )
        if person.number in self._extended:
            self._write_contact(record, key, email, dice)
        self._write_events(row, record.created, left, dice)

    def _key(self, record: Planned, email: str, subscriber_id: int, dice: Dice) -> str:
        """The subscriber key: the id the sending system had, an address, or a number."""
        number = record.person.number
        candidates: list[str] = []
        wish = record.fields.get("SubscriberKey", "")
        if wish == "contact" or (not wish and dice.chance(0.6)):
            candidates += self._ledger.contacts[number][-1:]
            if number in self._ledger.person_accounts:
                candidates.append(self._ledger.person_accounts[number][0])
        if wish == "lead" or (not wish and dice.chance(0.5)):
            candidates += self._ledger.leads[number][:1]
        if wish == "email" or (not wish and dice.chance(0.55)):
            candidates.append(email)
        for candidate in candidates:
            if candidate not in self._keys:
                self._keys.add(candidate)
                return candidate
        return f"EXT-{subscriber_id}"

    def _write_contact(self, record: Planned, key: str, email: str, dice: Dice) -> None:
        person = record.person
        profile = CLEAN if record.is_clean else _CONTACT_PROFILE
        typed = appear(person, record.created, profile, dice)
        is_anonymous = not record.is_clean and dice.chance(0.12)
        row: Row = {
            "SubscriberKey": key,
            "EmailAddress": email,
            "FirstName": "" if is_anonymous else typed.given,
            "LastName": "" if is_anonymous else typed.family,
            "Phone": typed.mobile,
            "BirthDate": typed.birth_date,
            "PostalCode": typed.address.postal_code,
            "City": typed.address.city,
            "Country": typed.address.country,
            "CreatedDate": naive(record.created),
            "ModifiedDate": naive(later(dice, record.created, 600)),
        }
        if dice.chance(0.03):
            older = row | {"Phone": "", "BirthDate": "", "ModifiedDate": row["CreatedDate"]}
            self._contacts.rows.append(older)
        self._contacts.rows.append(row)
        self._ledger.add_truth(
            f"marketing_cloud/main/contact/{key}", person.party_id, note=person.note
        )

    def _write_events(self, row: Row, joined: datetime, left: datetime, dice: Dice) -> None:
        interest = dice.fraction()
        domain = row["EmailAddress"].rpartition("@")[2].lower()
        end = left if row["Status"] == "unsubscribed" else REFERENCE
        sends = 0
        for started, job in self._jobs:
            if not joined < started < end or not dice.chance(0.21):
                continue
            sent = started + timedelta(seconds=dice.below(3600))
            event: Row = {
                "AccountID": ACCOUNT_ID,
                "JobID": job,
                "ListID": 101,
                "BatchID": 1,
                "SubscriberID": row["SubscriberID"],
                "SubscriberKey": row["SubscriberKey"],
                "EventDate": sent + CENTRAL,
                "Domain": domain,
            }
            self._sent.rows.append(event)
            sends += 1
            if row["Status"] == "bounced" and sends > 3:
                category = dice.pick(("Hard bounce", "Soft bounce", "Block bounce"))
                bounced = naive(sent + CENTRAL + timedelta(seconds=40))
                self._bounce.rows.append(event | {"EventDate": bounced, "BounceCategory": category})
                continue
            self._write_reactions(event, sent, interest, dice)
        if row["Status"] == "unsubscribed" and sends:
            last = self._sent.rows[-1]
            self._unsubscribe.rows.append(
                last | {"EventDate": naive(left + CENTRAL), "IsUnique": True}
            )

    def _write_reactions(self, event: Row, sent: datetime, interest: float, dice: Dice) -> None:
        is_first = True
        at = sent
        while at < REFERENCE and dice.chance(interest * (0.75 if is_first else 0.25)):
            at = min(at + timedelta(seconds=dice.between(30, 200_000)), REFERENCE)
            self._open.rows.append(event | {"EventDate": at + CENTRAL, "IsUnique": is_first})
            if dice.chance(0.03):
                # the same open once more: a page of the export that overlapped
                self._open.rows.append(dict(self._open.rows[-1]))
            if dice.chance(0.28):
                page = dice.pick(_CAMPAIGN_PAGES)
                click = {
                    "EventDate": at + CENTRAL + timedelta(seconds=dice.between(2, 90)),
                    "URL": f"https://shop.example.com/{page}?utm_source=email&utm_campaign={event['JobID']}",
                    "LinkName": page,
                    "IsUnique": is_first,
                }
                self._click.rows.append(event | click)
            is_first = False
