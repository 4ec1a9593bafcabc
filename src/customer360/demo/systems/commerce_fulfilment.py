"""B2C Commerce after the order: parcels with what their carrier says, and lines that come back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

import pyarrow as pa

from customer360.demo.clock import REFERENCE, iso_z
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row, Table
from customer360.demo.systems.commerce_cloud import snake_case

_SHIPMENT = """orderNo shipmentNo shippingStatus shippingMethod carrier trackingNumber creationDate
shippedDate estimatedDeliveryDate deliveredDate lastModified"""
_EVENT = "orderNo shipmentNo eventNo eventDate status location"
_RETURN = """returnNo orderNo itemId quantity reasonCode status currency refundAmount creationDate
refundDate lastModified"""
_TIMES = {"creationDate", "shippedDate", "deliveredDate", "lastModified", "eventDate", "refundDate"}
_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(_TIMES, pa.timestamp("us", tz="UTC")),
    "estimatedDeliveryDate": pa.date32(),
    "refundAmount": pa.decimal128(18, 2),
    "quantity": pa.int64(),
    "itemId": pa.int64(),
    "eventNo": pa.int64(),
}

#: orders before have no shipments in the extract
_SHIPPED_SINCE = datetime(2026, 6, 15)
_RETURNED_SINCE = datetime(2025, 8, 1)
_IS_SENT = {"COMPLETED": 1.0, "OPEN": 0.8, "NEW": 0.25}
_RETURN_SHARE = 0.08
_CARRIERS = {
    "jp": (("Tsubame Express", "TS"), ("Hayate Parcel", "HY")),
    "us": (("Northwind Parcel", "NW"), ("Bluebird Freight", "BB")),
}
_HUBS = {"jp": ("東京", "大阪", "福岡", "札幌"), "us": ("Memphis", "Reno", "Columbus", "Dallas")}
_REASONS = ("SIZE", "DAMAGED", "WRONG_ITEM", "CHANGED_MIND", "LATE")
_UNIT = {"JPY": Decimal("1"), "USD": Decimal("0.01")}


class CommerceFulfilment:
    """Writes shipments, their tracking and returns of orders of one shop that exist already."""

    def __init__(self, ledger: Ledger, seed: int, site: str) -> None:
        self._ledger = ledger
        self._seed = seed
        self._site = site
        self._is_parquet = site == "us"
        self._shipments = self._table("shipments", _SHIPMENT)
        self._events = self._table("shipment_events", _EVENT)
        self._returns = self._table("returns", _RETURN)
        self._parcels = 0

    def _table(self, name: str, columns: str) -> Table:
        path = f"commerce_cloud/{self._site}/{name}"
        if not self._is_parquet:
            return self._ledger.table(f"{path}.csv", columns)
        fields = [(snake_case(each), _TYPES.get(each, pa.string())) for each in columns.split()]
        names = " ".join(name for name, _ in fields)
        return self._ledger.table(f"{path}.parquet", names, pa.schema(fields))

    def write(self) -> None:
        """All three files of the shop."""
        items: dict[str, list[Row]] = defaultdict(list)
        for item in self._written("order_items"):
            items[item["orderNo"]].append(item)
        newest = {order["orderNo"]: order for order in self._written("orders")}
        for number, order in newest.items():
            dice = Dice(self._seed, "fulfilment", self._site, number)
            placed = _moment(order["creationDate"])
            if placed >= _SHIPPED_SINCE and dice.chance(_IS_SENT.get(order["status"], 0.0)):
                self._write_parcels(number, placed, items[number], dice)
            is_old_enough = placed < REFERENCE - timedelta(days=20)
            is_returnable = order["status"] == "COMPLETED" and placed >= _RETURNED_SINCE
            if is_returnable and is_old_enough and dice.chance(_RETURN_SHARE):
                self._write_return(number, order, items[number], dice)

    def _written(self, table: str) -> list[Row]:
        """The rows of a table of the shop under their API names."""
        suffix = "parquet" if self._is_parquet else "csv"
        rows = self._ledger.tables[f"commerce_cloud/{self._site}/{table}.{suffix}"].rows
        return [{_camel_case(name): value for name, value in row.items()} for row in rows]

    def _write_parcels(
        self, order_number: str, placed: datetime, items: list[Row], dice: Dice
    ) -> None:
        is_express = dice.chance(0.2)
        count = 2 if len(items) > 2 and dice.chance(0.15) else 1
        for number in range(1, count + 1):
            shipped = placed + timedelta(hours=dice.between(6, 40 if is_express else 90))
            days = dice.between(1, 2) if is_express else dice.between(2, 5)
            promised = (shipped + timedelta(days=days)).date()
            if dice.chance(0.1):
                days += dice.between(1, 4)
            arrives = (shipped + timedelta(days=days)).replace(hour=dice.between(9, 19))
            carrier, prefix = dice.pick(_CARRIERS[self._site])
            self._parcels += 1
            steps = self._steps(shipped, arrives, dice)
            happened = [step for step in steps if step[0] <= REFERENCE]
            is_shipped, is_delivered = bool(happened), len(happened) == len(steps)
            row: Row = {
                "orderNo": order_number,
                "shipmentNo": f"{number:08d}",
                "shippingStatus": "SHIPPED" if is_shipped else "NOT_SHIPPED",
                "shippingMethod": "Express" if is_express else "Standard",
                "carrier": carrier,
                "trackingNumber": f"{prefix}{self._parcels:06d}{dice.letters(4, '0123456789')}"
                if is_shipped
                else "",
                "creationDate": placed,
                "shippedDate": shipped if is_shipped else "",
                "estimatedDeliveryDate": promised,
                # the shop learns of it from the carrier, not always
                "deliveredDate": arrives if is_delivered and dice.chance(0.9) else "",
                "lastModified": happened[-1][0] if happened else placed,
            }
            self._add(self._shipments, row)
            for position, (when, status, place) in enumerate(happened, start=1):
                event: Row = {
                    "orderNo": order_number,
                    "shipmentNo": row["shipmentNo"],
                    "eventNo": position,
                    "eventDate": when,
                    "status": status,
                    "location": place,
                }
                self._add(self._events, event)

    def _steps(
        self, shipped: datetime, arrives: datetime, dice: Dice
    ) -> list[tuple[datetime, str, str]]:
        """What the carrier reports, in the order of time."""
        first, second = dice.shuffled(_HUBS[self._site])[:2]
        steps = [(shipped, "SHIPPED", first)]
        steps.append((shipped + (arrives - shipped) / 2, "IN_TRANSIT", second))
        if dice.chance(0.06):
            steps.append((arrives - (arrives - shipped) / 5, "DELIVERY_FAILED", second))
        steps.append((arrives, "DELIVERED", ""))
        return [(when.replace(microsecond=0), status, place) for when, status, place in steps]

    def _write_return(self, number: str, order: Row, items: list[Row], dice: Dice) -> None:
        announced = _moment(order["creationDate"]) + timedelta(days=dice.between(6, 18))
        refunded = announced + timedelta(days=dice.between(3, 12))
        is_refunded = refunded < REFERENCE and dice.chance(0.95)
        for item in items[: dice.between(1, len(items))]:
            quantity = dice.between(1, int(item["quantity"]))
            paid = Decimal(str(item["price"])) + Decimal(str(item["tax"]))
            share = paid * quantity / int(item["quantity"])
            refund = share.quantize(_UNIT[order["currency"]], ROUND_DOWN).quantize(Decimal("0.01"))
            row: Row = {
                "returnNo": f"R{number}",
                "orderNo": number,
                "itemId": item["itemId"],
                "quantity": quantity,
                "reasonCode": dice.pick(_REASONS),
                "status": "COMPLETED" if is_refunded else "CONFIRMED",
                "currency": order["currency"],
                "refundAmount": refund if is_refunded else "",
                "creationDate": announced,
                "refundDate": refunded if is_refunded else "",
                "lastModified": refunded if is_refunded else announced,
            }
            if is_refunded and dice.chance(0.05):
                asked = {"status": "CONFIRMED", "refundAmount": "", "refundDate": ""}
                self._add(self._returns, row | asked | {"lastModified": announced})
            self._add(self._returns, row)

    def _add(self, table: Table, row: Row) -> None:
        if self._is_parquet:
            typed = {snake_case(key): value for key, value in row.items()}
            table.rows.append({key: None if value == "" else value for key, value in typed.items()})
        else:
            table.rows.append({key: _text(value) for key, value in row.items()})


def _camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value[:19])


def _text(value: object) -> object:
    return iso_z(value) if isinstance(value, datetime) else value
