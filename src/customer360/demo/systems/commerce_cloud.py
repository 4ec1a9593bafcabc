"""B2C Commerce, two shops: `jp` as CSV with API names, `us` as Parquet with snake_case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from customer360.demo.clock import FACTS_START, REFERENCE, fact_moment, iso_z, later, moment
from customer360.demo.contact_details import PLACEHOLDER_EMAILS, write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import (
    CLEAN,
    HALF_KANA,
    HIRAGANA,
    KANA,
    KANJI,
    ROMAJI,
    Profile,
    Typed,
    appear,
)
from customer360.demo.ledger import Customer, Ledger, Row, Table
from customer360.demo.places import WrittenAddress, write_address
from customer360.demo.plan import CUSTOMER_PLACE, GUEST_PLACE, Planned

_CUSTOMER = """customerId customerNo login email firstName lastName c_lastNameKana c_firstNameKana
phoneHome phoneMobile birthday gender crmContactId creationDate lastModified"""
_ADDRESS = """customerNo addressId preferred firstName lastName address1 address2 city stateCode
postalCode countryCode phone"""
_ORDER = """orderNo status paymentStatus currency orderTotal taxTotal productTotal creationDate
lastModified siteId guest customerId customerNo customerName customerEmail billingPhone
shippingAddress1 shippingCity shippingStateCode shippingPostalCode shippingCountryCode"""
_ITEM = "orderNo itemId productId productName quantity basePrice price tax"
_BASKET = """basketId customerId customerNo email currency orderTotal itemCount creationDate
lastModified"""

_TIMES = {"creationDate", "lastModified"}
_AMOUNTS = {"orderTotal", "taxTotal", "productTotal", "basePrice", "price", "tax"}
_FLAGS = {"guest", "preferred"}
_COUNTS = {"quantity", "itemCount", "itemId"}

_PROFILE = Profile(
    scripts={KANJI: 0.6, ROMAJI: 0.2, KANA: 0.1, HIRAGANA: 0.04, HALF_KANA: 0.06},
    reading=0.75,
    email=1.0,
    mobile=0.7,
    landline=0.3,
    birth_date=0.5,
    address=1.0,
    swapped=0.025,
    typo=0.05,
    placeholder=0.03,
)
_GUEST_PROFILE = Profile(
    scripts={KANJI: 0.6, ROMAJI: 0.25, KANA: 0.15},
    email=0.97,
    mobile=0.8,
    landline=0.0,
    birth_date=0.0,
    address=1.0,
    unspaced=0.0,
    typo=0.06,
    placeholder=0.03,
)
_PRODUCTS = (
    ("25518447M", "Linen shirt", 4900, "49.00"),
    ("25604524M", "Denim jacket", 12800, "119.00"),
    ("25686364M", "Wool scarf", 3900, "35.00"),
    ("25752986M", "Canvas sneakers", 7900, "69.00"),
    ("25791388M", "Leather belt", 5400, "45.50"),
    ("25795672M", "Rain coat", 15800, "139.00"),
    ("25519318M", "Cotton socks", 980, "9.90"),
    ("25720033M", "Baseball cap", 2900, "24.00"),
    ("25553303M", "Tote bag", 3300, "29.90"),
    ("25565616M", "Knit sweater", 8900, "79.00"),
)
_STATUS = {"COMPLETED": 0.62, "NEW": 0.12, "OPEN": 0.12, "CANCELLED": 0.07, "FAILED": 0.04,
           "CREATED": 0.02, "REPLACED": 0.01}  # fmt: skip
_CODES = {"jp": "JPY", "us": "USD"}
_FIRST_NUMBER = {"jp": 10_000, "us": 50_000_000}
_FIRST_GUEST = {"jp": 90_000_000, "us": 95_000_000}
_TAX = {"jp": Decimal("0.10"), "us": Decimal("0.0825")}
_UNIT = {"jp": Decimal("1"), "us": Decimal("0.01")}


@dataclass(slots=True)
class _Buyer:
    """Whoever places an order."""

    customer_id: str
    customer_number: str
    is_guest: bool
    name: str
    email: str
    phone: str
    address: WrittenAddress
    country: str


def snake_case(name: str) -> str:
    """`customerNo` → `customer_no`; a custom field keeps its prefix."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "_", name).lower()


def _schema(columns: str) -> pa.Schema:
    fields = []
    for name in columns.split():
        kind = pa.string()
        if name in _TIMES:
            kind = pa.timestamp("us", tz="UTC")
        elif name == "birthday":
            kind = pa.date32()
        elif name in _AMOUNTS:
            kind = pa.decimal128(18, 2)
        elif name in _FLAGS:
            kind = pa.bool_()
        elif name in _COUNTS:
            kind = pa.int64()
        fields.append(pa.field(snake_case(name), kind))
    return pa.schema(fields)


class CommerceCloud:
    """Writes one shop: customers, their address books, orders with items, baskets."""

    def __init__(self, ledger: Ledger, seed: int, site: str) -> None:
        self._ledger = ledger
        self._seed = seed
        self._site = site
        self._is_parquet = site == "us"
        self._customers = self._table("customers", _CUSTOMER)
        self._addresses = self._table("customer_addresses", _ADDRESS)
        self._orders = self._table("orders", _ORDER)
        self._items = self._table("order_items", _ITEM)
        self._baskets = self._table("baskets", _BASKET)
        self._order_numbers = 0
        self._guests = 0
        self._basket_numbers = 0

    def _table(self, name: str, columns: str) -> Table:
        path = f"commerce_cloud/{self._site}/{name}"
        if self._is_parquet:
            snake = " ".join(snake_case(column) for column in columns.split())
            return self._ledger.table(f"{path}.parquet", snake, _schema(columns))
        return self._ledger.table(f"{path}.csv", columns)

    def write(self, records: list[Planned]) -> None:
        """All five files of the shop."""
        place = CUSTOMER_PLACE[self._site]
        registered = [record for record in records if record.place is place]
        registered.sort(key=lambda record: record.created)
        for index, record in enumerate(registered):
            self._write_customer(record, f"{_FIRST_NUMBER[self._site] + 3 * index:08d}")
        guests = [record for record in records if record.place is GUEST_PLACE[self._site]]
        for record in sorted(guests, key=lambda record: record.created):
            self._write_guest(record)
        self._write_abandoned_baskets(len(guests) // 2)

    def _write_customer(self, record: Planned, number: str) -> None:
        person, dice = record.person, record.dice(self._seed)
        typed = appear(person, record.created, CLEAN if record.is_clean else _PROFILE, dice)
        customer_id = "ab" + dice.letters(24, "abcdefghijklmnopqrstuvwxyz0123456789")
        crm_contact = self._crm_contact(record, dice)
        modified = later(dice, record.created, 900)
        row: Row = {
            "customerId": customer_id,
            "customerNo": number,
            "login": typed.email,
            "email": typed.email,
            "firstName": typed.given,
            "lastName": typed.family,
            "c_lastNameKana": typed.family_reading,
            "c_firstNameKana": typed.given_reading,
            "phoneHome": typed.landline,
            "phoneMobile": typed.mobile,
            "birthday": typed.birth_date,
            "gender": {"m": "1", "f": "2", "": "0"}[typed.sex],
            "crmContactId": crm_contact,
            "creationDate": record.created,
            "lastModified": modified,
        } | record.fields
        earlier_stamp = later(dice, record.created, 10)
        if dice.chance(0.03) and earlier_stamp < modified:
            older = row | {"phoneMobile": "", "birthday": "", "crmContactId": ""}
            self._add(self._customers, older | {"lastModified": earlier_stamp})
        self._add(self._customers, row)
        self._ledger.add_truth(
            f"commerce_cloud/{self._site}/customer/{number}", person.party_id, note=person.note
        )
        name = self._full_name(row["lastName"], row["firstName"], typed, dice)
        self._ledger.customers[person.number].append(
            Customer(self._site, number, customer_id, row["email"], record.created)
        )
        self._write_address(row, typed.address, "home", True, typed.mobile or typed.landline)
        household = person.household
        if not record.is_clean and dice.chance(0.15):
            # the address book also holds where presents go: another person's name
            gift = write_address(person.employer.address, dice) if person.employer else None
            if gift is not None:
                recipient = row | {"firstName": "", "lastName": dice.pick(("受付", "Reception"))}
                self._write_address(recipient, gift, "work", False, "")
            elif household.former_address is not None:
                former = write_address(household.former_address, dice)
                self._write_address(row, former, "old", False, "")
        phone = typed.mobile or typed.landline
        buyer = _Buyer(
            customer_id, number, False, name, row["email"], phone, typed.address, person.country
        )
        for _ in range(dice.pick_weighted({0: 0.26, 1: 0.38, 2: 0.2, 3: 0.1, 6: 0.04, 9: 0.02})):
            self._write_order(buyer, fact_moment(dice, record.created), dice)
        for _ in range(dice.pick_weighted({0: 0.68, 1: 0.26, 2: 0.06})):
            self._write_basket(customer_id, number, row["email"], record.created, dice)

    def _crm_contact(self, record: Planned, dice: Dice) -> str:
        number = record.person.number
        known = list(self._ledger.contacts[number])
        if number in self._ledger.person_accounts:
            known.append(self._ledger.person_accounts[number][0])
        if record.is_clean or not known or not dice.chance(0.4):
            return ""
        return dice.pick(known)

    def _write_address(
        self, row: Row, address: WrittenAddress, name: str, preferred: bool, phone: str
    ) -> None:
        is_split = "," in address.street and self._is_parquet
        first, second = address.street, ""
        if is_split:
            first, second = (part.strip() for part in address.street.split(",", 1))
        entry: Row = {
            "customerNo": row["customerNo"],
            "addressId": name,
            "preferred": preferred,
            "firstName": row["firstName"],
            "lastName": row["lastName"],
            "address1": first,
            "address2": second,
            "city": address.city,
            "stateCode": address.region,
            "postalCode": address.postal_code,
            "countryCode": address.country,
            "phone": phone,
        }
        self._add(self._addresses, entry)

    def _write_guest(self, record: Planned) -> None:
        person, dice = record.person, record.dice(self._seed)
        typed = appear(person, record.created, CLEAN if record.is_clean else _GUEST_PROFILE, dice)
        self._guests += 1
        number = f"{_FIRST_GUEST[self._site] + 7 * self._guests:08d}"
        name = self._full_name(typed.family, typed.given, typed, dice)
        if not record.is_clean and dice.chance(0.03):
            name = "Guest"
        email = typed.email or dice.pick(PLACEHOLDER_EMAILS)
        phone = typed.mobile or write_phone(person.mobile, person.country, dice)
        if not typed.mobile and dice.chance(0.5):
            phone = "0000000000"
        buyer = _Buyer(
            customer_id="gu" + dice.letters(24, "abcdefghijklmnopqrstuvwxyz0123456789"),
            customer_number=number,
            is_guest=True,
            name=name,
            email=email,
            phone=phone,
            address=typed.address,
            country=person.country,
        )
        order_number = self._write_order(buyer, record.created, dice, record.fields)
        self._ledger.add_truth(
            f"commerce_cloud/{self._site}/guest_order/{order_number}",
            person.party_id,
            note=person.note or "guest",
        )

    @staticmethod
    def _full_name(family: str, given: str, typed: Typed, dice: Dice) -> str:
        if typed.script == ROMAJI:
            family_first = family.isupper() and not given.isupper()
            return f"{family} {given}" if family_first else f"{given} {family}"
        return family + dice.pick(("", " ", "　")) + given

    def _write_order(
        self, buyer: _Buyer, placed: datetime, dice: Dice, fields: Row | None = None
    ) -> str:
        self._order_numbers += 1
        start = {"jp": 100_000, "us": 700_000}[self._site]
        order_number = f"{start + self._order_numbers:08d}"
        product_total = tax_total = Decimal(0)
        count = dice.pick_weighted({1: 0.36, 2: 0.3, 3: 0.2, 4: 0.14})
        for position, product in enumerate(dice.shuffled(_PRODUCTS)[:count], start=1):
            quantity = dice.pick_weighted({1: 0.8, 2: 0.15, 3: 0.05})
            base = Decimal(product[2]) if self._site == "jp" else Decimal(product[3])
            price = base * quantity
            if dice.chance(0.1):
                price = (price * Decimal("0.9")).quantize(_UNIT[self._site])
            tax = (price * _TAX[self._site]).quantize(_UNIT[self._site])
            product_total, tax_total = product_total + price, tax_total + tax
            item: Row = {
                "orderNo": order_number,
                "itemId": position,
                "productId": product[0],
                "productName": product[1],
                "quantity": quantity,
                "basePrice": base,
                "price": price,
                "tax": tax,
            }
            self._add(self._items, item)
        status = dice.pick_weighted(_STATUS)
        changed = later(dice, placed, 20)
        row: Row = {
            "orderNo": order_number,
            "status": status,
            "paymentStatus": "PAID" if status == "COMPLETED" else "NOT_PAID",
            "currency": _CODES[self._site],
            "orderTotal": product_total + tax_total,
            "taxTotal": tax_total,
            "productTotal": product_total,
            "creationDate": placed,
            "lastModified": changed,
            "siteId": f"RefArch{self._site.upper()}",
            "guest": buyer.is_guest,
            "customerId": buyer.customer_id,
            "customerNo": buyer.customer_number,
            "customerName": buyer.name,
            "customerEmail": buyer.email,
            "billingPhone": buyer.phone,
            "shippingAddress1": buyer.address.street,
            "shippingCity": buyer.address.city,
            "shippingStateCode": buyer.address.region,
            "shippingPostalCode": buyer.address.postal_code,
            "shippingCountryCode": buyer.address.country or buyer.country,
        } | (fields or {})
        if dice.chance(0.03) and changed > placed:
            self._add(self._orders, row | {"status": "NEW", "lastModified": placed})
        self._add(self._orders, row)
        return order_number

    def _write_basket(
        self, customer_id: str, number: str, email: str, since: datetime, dice: Dice
    ) -> None:
        self._basket_numbers += 1
        created = fact_moment(dice, since)
        chosen = dice.shuffled(_PRODUCTS)[: dice.between(1, 3)]
        prices = [Decimal(p[2]) if self._site == "jp" else Decimal(p[3]) for p in chosen]
        row: Row = {
            "basketId": dice.letters(26),
            "customerId": customer_id,
            "customerNo": number,
            "email": email,
            "currency": _CODES[self._site],
            "orderTotal": sum(prices, Decimal(0)),
            "itemCount": len(chosen),
            "creationDate": created,
            "lastModified": later(dice, created, 3),
        }
        self._add(self._baskets, row)

    def _write_abandoned_baskets(self, count: int) -> None:
        for index in range(count):
            dice = Dice(self._seed, "abandoned basket", self._site, index)
            self._write_basket(
                "gu" + dice.letters(24), "", "", moment(dice, FACTS_START, REFERENCE), dice
            )

    def _add(self, table: Table, row: Row) -> None:
        if not self._is_parquet:
            table.rows.append({key: _text(value) for key, value in row.items()})
            return
        typed: Row = {snake_case(key): value if value != "" else None for key, value in row.items()}
        if typed.get("birthday"):
            typed["birthday"] = datetime.fromisoformat(typed["birthday"]).date()
        table.rows.append(typed)


def _text(value: object) -> object:
    return iso_z(value) if isinstance(value, datetime) else value
