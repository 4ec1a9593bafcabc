from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from customer360.demo import Demo
from customer360.demo.clock import FACTS_START, REFERENCE
from customer360.demo.systems.salesforce import check_suffix

Rows = list[dict[str, object]]
Load = Callable[[str], Rows]

SALES_OBJECTS = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "OpportunityLineItem": "00k",
    "Task": "00T",
    "Event": "00U",
    "Quote": "0Q0",
    "QuoteLineItem": "0QL",
    "Contract": "800",
    "Campaign": "701",
    "CampaignMember": "00v",
}


def _keys(rows: Rows, column: str) -> set[object]:
    return {row[column] for row in rows if row[column] not in ("", None)}


def _live(rows: Rows, deleted: str = "IsDeleted") -> Rows:
    return [row for row in rows if row[deleted] != "true"]


def _newest(rows: Rows, key: str, stamp: str) -> Rows:
    newest: dict[object, dict[str, object]] = {}
    for row in sorted(rows, key=lambda row: str(row[stamp])):
        newest[row[key]] = row
    return list(newest.values())


def _shop(rows: Load, site: str, table: str) -> Rows:
    """The table under its API names, whichever spelling the shop has."""

    def camel(name: str) -> str:
        head, *tail = name.split("_")
        return head + "".join(part.title() for part in tail)

    return [
        {camel(name) if site == "us" else name: value for name, value in row.items()}
        for row in rows(f"commerce_cloud/{site}/{table}")
    ]


# -- truth ----------------------------------------------------------------------------------


def test_truth_names_every_party_record_and_nothing_else(rows: Load, truth: dict[str, str]) -> None:
    expected: set[str] = set()
    for name in ("Account", "Contact", "Lead"):
        for row in _newest(rows(f"sales_cloud/{name}"), "Id", "SystemModstamp"):
            if row["IsDeleted"] == "false" or row["MasterRecordId"]:
                expected.add(f"sales_cloud/main/{name.lower()}/{row['Id']}")
    for row in _newest(rows("service_cloud/account"), "id", "system_modstamp"):
        if row["is_deleted"] == "false" and row["_fivetran_deleted"] == "false":
            expected.add(f"service_cloud/main/account/{row['id']}")
    for row in rows("marketing_cloud/_Subscribers"):
        expected.add(f"marketing_cloud/main/subscriber/{row['SubscriberKey']}")
    for row in rows("marketing_cloud/Contacts"):
        expected.add(f"marketing_cloud/main/contact/{row['SubscriberKey']}")
    for site in ("jp", "us"):
        for row in _shop(rows, site, "customers"):
            expected.add(f"commerce_cloud/{site}/customer/{row['customerNo']}")
        for row in _shop(rows, site, "orders"):
            if str(row["guest"]).lower() == "true":
                expected.add(f"commerce_cloud/{site}/guest_order/{row['orderNo']}")
    for name in ("web/page_events", "web/app_events"):
        expected |= {f"web/main/user/{key}" for key in _keys(rows(name), "user_id")}
    for row in rows("social/profiles"):
        expected.add(f"social/main/profile/{row['network']}:{row['profile_id']}")
    for row in rows("appointments/bookings"):
        if not row["customer_number"]:
            expected.add(f"appointments/main/guest_booking/{row['booking_id']}")
    for row in rows("payments/customer"):
        if row["livemode"] == "true":
            expected.add(f"payments/main/customer/{row['id']}")
    for row in _live(rows("files/party_records"), "is_deleted"):
        expected.add(f"files/main/party/{row['source_key']}")
    assert truth.keys() == expected


def test_most_people_have_one_to_five_records(truth: dict[str, str], demo: Demo) -> None:
    """Profiles, bookings as a guest and customers of a payment provider come on top."""
    persons = [party for party in truth.values() if party.startswith("person")]
    added = ("social/", "appointments/", "payments/")
    own = {key: party for key, party in truth.items() if not key.startswith(added)}
    records = Counter(party for party in own.values() if party.startswith("person"))
    sizes = Counter(records.values())
    assert len(records) == 2000
    assert set(sizes) <= {1, 2, 3, 4, 5, 6, 7}
    assert all(sizes[size] >= 200 for size in (1, 2, 3, 4, 5))
    assert sizes[6] + sizes[7] < 40
    assert max(Counter(persons).values()) < 15
    assert 5500 <= len(own) <= 6500
    assert len(truth) == len(demo.ledger.truth)


def test_links_that_systems_declare_agree_with_the_truth(rows: Load, truth: dict[str, str]) -> None:
    links: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in ("Account", "Contact"):
        prefix = f"sales_cloud/main/{name.lower()}/"
        for row in rows(f"sales_cloud/{name}"):
            if row["MasterRecordId"]:
                links["merge"].append((f"{prefix}{row['Id']}", f"{prefix}{row['MasterRecordId']}"))
            if row.get("PersonContactId"):
                contact = f"sales_cloud/main/contact/{row['PersonContactId']}"
                links["person account"].append((f"{prefix}{row['Id']}", contact))
    for row in _live(rows("sales_cloud/Lead")):
        if row["ConvertedContactId"]:
            contact = f"sales_cloud/main/contact/{row['ConvertedContactId']}"
            links["conversion"].append((f"sales_cloud/main/lead/{row['Id']}", contact))
    kinds = {"003": "contact", "00Q": "lead"}
    for row in rows("marketing_cloud/_Subscribers"):
        kind = kinds.get(str(row["SubscriberKey"])[:3])
        subscriber = f"marketing_cloud/main/subscriber/{row['SubscriberKey']}"
        if kind:
            known = f"sales_cloud/main/{kind}/{row['SubscriberKey']}"
            links[f"subscriber is {kind}"].append((subscriber, known))
    for row in rows("marketing_cloud/Contacts"):
        pair = tuple(
            f"marketing_cloud/main/{o}/{row['SubscriberKey']}" for o in ("contact", "subscriber")
        )
        links["data extension"].append((pair[0], pair[1]))
    for site in ("jp", "us"):
        for row in _shop(rows, site, "customers"):
            if row["crmContactId"]:
                customer = f"commerce_cloud/{site}/customer/{row['customerNo']}"
                contact = f"sales_cloud/main/contact/{row['crmContactId']}"
                links["crm id"].append((customer, contact))
    for name in ("web/page_events", "web/app_events"):
        for row in rows(name):
            if row["user_id"]:
                user = f"web/main/user/{row['user_id']}"
                customer = f"commerce_cloud/{row['site']}/customer/{row['user_id']}"
                links["web"].append((user, customer))
    for row in rows("social/profiles"):
        if row["customer_number"]:
            profile = f"social/main/profile/{row['network']}:{row['profile_id']}"
            customer = f"commerce_cloud/{row['site']}/customer/{row['customer_number']}"
            links["signed in"].append((profile, customer))
    assert all(len(pairs) >= 15 for pairs in links.values()), Counter(
        {kind: len(pairs) for kind, pairs in links.items()}
    )
    assert len(links) == 9
    wrong = [
        (kind, pair)
        for kind, pairs in links.items()
        for pair in pairs
        if truth[pair[0]] != truth[pair[1]]
    ]
    assert not wrong


# -- keys -----------------------------------------------------------------------------------


def test_sales_cloud_keys_are_faithful(rows: Load) -> None:
    table = {name: rows(f"sales_cloud/{name}") for name in SALES_OBJECTS}
    accounts, contacts = _keys(_live(table["Account"]), "Id"), _keys(_live(table["Contact"]), "Id")
    leads, deals = _keys(_live(table["Lead"]), "Id"), _keys(table["Opportunity"], "Id")
    business = [row for row in _live(table["Contact"]) if row["IsPersonAccount"] == "false"]
    assert all(row["AccountId"] for row in business)
    assert _keys(table["Contact"], "AccountId") <= accounts
    assert _keys(table["Opportunity"], "AccountId") <= accounts
    assert _keys(table["Opportunity"], "ContactId") <= contacts
    assert _keys(table["OpportunityLineItem"], "OpportunityId") <= deals
    assert _keys(table["Lead"], "ConvertedContactId") <= contacts
    assert _keys(table["Lead"], "ConvertedAccountId") <= accounts
    for name in ("Task", "Event"):
        assert _keys(table[name], "WhoId") <= contacts | leads
        assert _keys(table[name], "WhatId") <= deals | accounts
        assert _keys(table[name], "AccountId") <= accounts
    assert _keys(table["Account"], "PersonContactId") <= contacts


def test_quotes_contracts_and_campaigns_name_what_is_there(rows: Load) -> None:
    table = {name: rows(f"sales_cloud/{name}") for name in SALES_OBJECTS}
    accounts, contacts = _keys(_live(table["Account"]), "Id"), _keys(_live(table["Contact"]), "Id")
    deals, campaigns = _keys(table["Opportunity"], "Id"), _keys(table["Campaign"], "Id")
    for name in ("Quote", "Contract"):
        assert _keys(table[name], "AccountId") <= accounts
    assert _keys(table["Quote"], "OpportunityId") <= deals
    assert _keys(table["QuoteLineItem"], "QuoteId") <= _keys(table["Quote"], "Id")
    assert _keys(table["Contract"], "Opportunity__c") <= deals
    assert _keys(table["Contract"], "CustomerSignedId") <= contacts
    members = table["CampaignMember"]
    assert _keys(members, "CampaignId") == campaigns
    assert all(bool(row["LeadId"]) != bool(row["ContactId"]) for row in members)
    assert _keys(members, "LeadId") <= _keys(_live(table["Lead"]), "Id")
    assert _keys(members, "ContactId") <= contacts
    influences = rows("sales_cloud/CampaignInfluence")
    assert _keys(influences, "CampaignId") <= campaigns
    assert _keys(influences, "OpportunityId") <= deals
    parts = Counter[object]()
    for row in influences:
        parts[row["OpportunityId"]] += int(str(row["Influence"]))
    assert set(parts.values()) == {100}


def test_a_renewal_is_an_open_deal_of_the_same_account_and_of_one_contract(rows: Load) -> None:
    deals = {row["Id"]: row for row in rows("sales_cloud/Opportunity")}
    contracts = _newest(rows("sales_cloud/Contract"), "Id", "SystemModstamp")
    renewing = [row for row in contracts if row["RenewalOpportunity__c"]]
    assert renewing
    assert len(_keys(renewing, "RenewalOpportunity__c")) == len(renewing)
    for row in renewing:
        deal = deals[row["RenewalOpportunity__c"]]
        assert (deal["AccountId"], deal["IsClosed"]) == (row["AccountId"], "false")
    for row in contracts:
        assert deals[row["Opportunity__c"]]["IsWon"] == "true"
        assert deals[row["Opportunity__c"]]["Amount"] == row["ContractValue__c"]


def test_service_cloud_keys_are_faithful(rows: Load) -> None:
    accounts = rows("service_cloud/account")
    live = [row for row in accounts if row["is_deleted"] == "false"]
    cases = rows("service_cloud/case")
    assert _keys(cases, "account_id") <= _keys(live, "id")
    assert _keys(cases, "contact_id") <= _keys(live, "person_contact_id")
    assert _keys(rows("service_cloud/case_comment"), "parent_id") <= _keys(cases, "id")


def test_owners_and_entitlements_are_those_of_live_accounts(rows: Load) -> None:
    live = [row for row in rows("service_cloud/account") if row["is_deleted"] == "false"]
    assets, entitlements = rows("service_cloud/asset"), rows("service_cloud/entitlement")
    assert _keys(assets, "account_id") <= _keys(live, "id")
    assert _keys(assets, "contact_id") <= _keys(live, "person_contact_id")
    assert _keys(entitlements, "asset_id") < _keys(assets, "id")
    assert _keys(entitlements, "account_id") <= _keys(live, "id")
    owners = {row["id"]: row["account_id"] for row in assets}
    for row in entitlements:
        assert owners.get(row["asset_id"], row["account_id"]) == row["account_id"]
        is_over = str(row["end_date"]) < REFERENCE.date().isoformat()
        assert (row["status"] == "Expired") == is_over
    assert {row["status"] for row in entitlements} == {"Active", "Expired"}


def test_marketing_events_belong_to_subscribers(rows: Load) -> None:
    subscribers = {
        (str(row["SubscriberID"]), row["SubscriberKey"])
        for row in rows("marketing_cloud/_Subscribers")
    }
    assert len({key for _, key in subscribers}) == len(subscribers)
    sends = {(r["JobID"], r["SubscriberID"]) for r in rows("marketing_cloud/_Sent")}
    for name in ("_Sent", "_Open", "_Click", "_Bounce", "_Unsubscribe"):
        events = rows(f"marketing_cloud/{name}")
        assert events
        assert {(str(r["SubscriberID"]), r["SubscriberKey"]) for r in events} <= subscribers
        assert {(int(str(r["JobID"])), int(str(r["SubscriberID"]))) for r in events} <= sends
    assert _keys(rows("marketing_cloud/Contacts"), "SubscriberKey") <= {
        key for _, key in subscribers
    }


@pytest.mark.parametrize("site", ["jp", "us"])
def test_orders_belong_to_customers_or_to_guests_with_generated_numbers(
    rows: Load, site: str
) -> None:
    customers = _keys(_shop(rows, site, "customers"), "customerNo")
    other = _keys(_shop(rows, "us" if site == "jp" else "jp", "customers"), "customerNo")
    orders = _shop(rows, site, "orders")
    guests = [row for row in orders if str(row["guest"]).lower() == "true"]
    registered = [row for row in orders if str(row["guest"]).lower() == "false"]
    assert guests and registered
    assert _keys(registered, "customerNo") <= customers
    assert all(row["customerNo"] for row in orders)
    assert not _keys(guests, "customerNo") & (customers | other)
    assert not customers & other
    assert _keys(_shop(rows, site, "order_items"), "orderNo") == _keys(orders, "orderNo")
    assert _keys(_shop(rows, site, "customer_addresses"), "customerNo") == customers
    assert _keys(_shop(rows, site, "baskets"), "customerNo") <= customers


@pytest.mark.parametrize("site", ["jp", "us"])
def test_parcels_are_of_orders_and_go_one_way(rows: Load, site: str) -> None:
    orders = {row["orderNo"]: row for row in _shop(rows, site, "orders")}
    shipments = {(row["orderNo"], row["shipmentNo"]): row for row in _shop(rows, site, "shipments")}
    reports = defaultdict(list)
    for row in _shop(rows, site, "shipment_events"):
        reports[row["orderNo"], row["shipmentNo"]].append((row["eventDate"], row["status"]))
    assert reports.keys() <= shipments.keys()
    statuses = Counter[object]()
    for key, parcel in shipments.items():
        assert orders[key[0]]["status"] in ("COMPLETED", "OPEN", "NEW")
        assert str(parcel["creationDate"]) == str(orders[key[0]]["creationDate"])
        steps = reports[key]
        assert steps == sorted(steps, key=lambda step: str(step[0]))
        assert (parcel["shippingStatus"] == "SHIPPED") == bool(steps)
        is_delivered = bool(steps) and steps[-1][1] == "DELIVERED"
        if parcel["deliveredDate"]:
            assert is_delivered and parcel["deliveredDate"] == steps[-1][0]
        statuses["delivered" if is_delivered else "under way" if steps else "waiting"] += 1
    assert statuses["delivered"] > 100 and statuses["under way"] and statuses["waiting"]


def test_charges_are_for_orders_in_minor_units(rows: Load) -> None:
    charges: list[dict[str, Any]] = [row for row in rows("payments/charge") if row["livemode"]]
    customers = {row["id"]: row for row in rows("payments/customer")}
    assert _keys(charges, "customer") <= customers.keys()
    newest = {row["id"]: row for row in charges}
    assert len(newest) < len(charges)
    repeated = [row for row in charges if row["status"] != newest[row["id"]]["status"]]
    assert {row["status"] for row in repeated} == {"pending"}
    assert all(row["updated"] < newest[row["id"]]["updated"] for row in repeated)
    paid_back: dict[object, Decimal] = defaultdict(Decimal)
    for site, units in (("jp", 1), ("us", 100)):
        orders = {row["orderNo"]: row for row in _shop(rows, site, "orders")}
        returns = {
            (row["returnNo"], row["itemId"]): row for row in _shop(rows, site, "returns")
        }.values()
        for row in returns:
            paid_back[site, row["orderNo"]] += Decimal(str(row["refundAmount"] or 0))
        for charge in newest.values():
            if charge["metadata_site"] != site or not charge["metadata_order_number"]:
                continue
            order = orders[charge["metadata_order_number"]]
            assert charge["amount"] == Decimal(str(order["orderTotal"])) * units
            number = customers.get(charge["customer"], {}).get("metadata_customer_number")
            assert not number or number == order["customerNo"]
            if order["status"] == "COMPLETED" and charge["status"] == "succeeded":
                refund = paid_back[site, order["orderNo"]] * units
                assert charge["amount_refunded"] in (refund, 0)
    assert any(row["disputed"] for row in newest.values())


def test_a_card_is_declined_again_and_again_and_one_payment_is_huge(rows: Load) -> None:
    by_customer: dict[object, list[dict[str, object]]] = defaultdict(list)
    for row in rows("payments/charge"):
        if row["customer"] and row["livemode"]:
            by_customer[row["customer"]].append(row)
    assert max(sum(row["status"] == "failed" for row in of) for of in by_customer.values()) >= 4
    ratios = []
    for of in by_customer.values():
        amounts = sorted(int(str(row["amount"])) for row in of if row["paid"])
        if len(amounts) >= 4:
            ratios.append(amounts[-1] / amounts[-2])
    assert max(ratios) >= 20 and sorted(ratios)[-2] < 20


@pytest.mark.parametrize("site", ["jp", "us"])
def test_refunds_are_at_most_what_was_paid_for_the_line(rows: Load, site: str) -> None:
    lines = {(row["orderNo"], row["itemId"]): row for row in _shop(rows, site, "order_items")}
    returns = {
        (row["returnNo"], row["itemId"]): row for row in _shop(rows, site, "returns")
    }.values()
    assert len(returns) > 40
    for row in returns:
        line = lines[row["orderNo"], row["itemId"]]
        assert int(str(row["quantity"])) <= int(str(line["quantity"]))
        paid = Decimal(str(line["price"])) + Decimal(str(line["tax"]))
        assert Decimal(str(row["refundAmount"] or 0)) <= paid
        assert bool(row["refundAmount"]) == (row["status"] == "COMPLETED")


def test_web_users_and_purchases_are_known_to_their_shop(rows: Load) -> None:
    for site in ("jp", "us"):
        events = [row for row in rows("web/page_events") if row["site"] == site]
        assert _keys(events, "user_id") <= _keys(_shop(rows, site, "customers"), "customerNo")
        buyers = {row["orderNo"]: row["customerNo"] for row in _shop(rows, site, "orders")}
        purchases = [row for row in events if row["transaction_id"]]
        assert purchases
        assert all(buyers[row["transaction_id"]] == row["user_id"] for row in purchases)


def test_salesforce_ids_have_their_prefix_and_check_suffix(rows: Load) -> None:
    prefixes = {f"sales_cloud/{name}": ("Id", prefix) for name, prefix in SALES_OBJECTS.items()}
    prefixes |= {
        "service_cloud/account": ("id", "001"),
        "service_cloud/case": ("id", "500"),
        "service_cloud/case_comment": ("id", "00a"),
        "service_cloud/asset": ("id", "02i"),
        "service_cloud/entitlement": ("id", "550"),
    }
    for name, (column, prefix) in prefixes.items():
        for row in rows(name):
            key = str(row[column])
            assert len(key) == 18 and key.startswith(prefix)
            assert check_suffix(key[:15]) == key[15:]


@pytest.mark.parametrize(
    ("short", "suffix"), [("001D000000IqhSL", "IAZ"), ("0015000000Gv7qJ", "AAR")]
)
def test_the_check_suffix_equals_that_of_real_ids(short: str, suffix: str) -> None:
    assert check_suffix(short) == suffix


# -- amounts and times ----------------------------------------------------------------------


@pytest.mark.parametrize("site", ["jp", "us"])
def test_order_totals_are_the_sums_of_their_lines(rows: Load, site: str) -> None:
    product: dict[object, Decimal] = defaultdict(Decimal)
    tax: dict[object, Decimal] = defaultdict(Decimal)
    for item in _shop(rows, site, "order_items"):
        product[item["orderNo"]] += Decimal(str(item["price"]))
        tax[item["orderNo"]] += Decimal(str(item["tax"]))
    for order in _shop(rows, site, "orders"):
        key = order["orderNo"]
        assert Decimal(str(order["productTotal"])) == product[key]
        assert Decimal(str(order["taxTotal"])) == tax[key]
        assert Decimal(str(order["orderTotal"])) == product[key] + tax[key]


def test_an_opportunity_with_lines_is_worth_their_sum(rows: Load) -> None:
    lines: dict[object, Decimal] = defaultdict(Decimal)
    for row in rows("sales_cloud/OpportunityLineItem"):
        assert Decimal(str(row["Quantity"])) * Decimal(str(row["UnitPrice"])) == Decimal(
            str(row["TotalPrice"])
        )
        lines[row["OpportunityId"]] += Decimal(str(row["TotalPrice"]))
    amounts = {row["Id"]: Decimal(str(row["Amount"])) for row in rows("sales_cloud/Opportunity")}
    assert any(key not in lines for key in amounts)
    assert all(amounts[key] == total for key, total in lines.items())


def test_a_quote_is_the_sum_of_its_lines_and_the_tax(rows: Load) -> None:
    lines: dict[object, Decimal] = defaultdict(Decimal)
    for row in rows("sales_cloud/QuoteLineItem"):
        lines[row["QuoteId"]] += Decimal(str(row["TotalPrice"]))
    for row in rows("sales_cloud/Quote"):
        total, tax = (Decimal(str(row[name])) for name in ("TotalPrice", "Tax"))
        assert total == lines.get(row["Id"], total)
        assert total + tax == Decimal(str(row["GrandTotal"]))


def test_facts_lie_in_the_two_years_before_the_reference_date(rows: Load) -> None:
    times: list[datetime] = []
    for name in ("Opportunity", "Task", "Event"):
        for row in rows(f"sales_cloud/{name}"):
            times.append(datetime.strptime(str(row["CreatedDate"])[:19], "%Y-%m-%dT%H:%M:%S"))
    for row in rows("service_cloud/case"):
        times.append(datetime.fromisoformat(str(row["created_date"])))
    for site in ("jp", "us"):
        for table in ("orders", "baskets"):
            for row in _shop(rows, site, table):
                times.append(datetime.fromisoformat(str(row["creationDate"])[:19]))
    for row in rows("web/page_events"):
        stamp = row["event_timestamp"]
        assert isinstance(stamp, datetime)
        times.append(stamp.replace(tzinfo=None))
    for row in rows("marketing_cloud/_Sent"):
        sent = row["EventDate"]
        assert isinstance(sent, datetime)
        times.append(sent)
    assert FACTS_START.replace(day=1) <= min(times) or min(times) > datetime(2024, 10, 31)
    assert max(times) <= REFERENCE
    assert len({(time.year, time.month) for time in times}) >= 24


def test_nothing_is_later_than_the_reference_date(rows: Load, demo: Demo) -> None:
    planned = {"CloseDate", "ActivityDate", "starts_at"}
    limit = REFERENCE.strftime("%Y-%m-%d 23:59:59")
    for path in demo.ledger.tables:
        for row in rows(path.rsplit(".", 1)[0]):
            for column, value in row.items():
                text = str(value).replace("T", " ")
                if column not in planned and re.match(r"20\d\d-\d\d-\d\d \d\d:", text):
                    assert text[:19] <= limit, (path, column, value)


def test_a_delivery_is_repeated_with_older_content_first(rows: Load) -> None:
    for name, key, stamp in (
        ("sales_cloud/Contact", "Id", "SystemModstamp"),
        ("sales_cloud/Opportunity", "Id", "SystemModstamp"),
        ("service_cloud/account", "id", "system_modstamp"),
        ("service_cloud/case", "id", "system_modstamp"),
        ("marketing_cloud/Contacts", "SubscriberKey", "ModifiedDate"),
        ("commerce_cloud/jp/customers", "customerNo", "lastModified"),
        ("commerce_cloud/jp/orders", "orderNo", "lastModified"),
        ("commerce_cloud/us/orders", "order_no", "last_modified"),
    ):
        versions: dict[object, list[str]] = defaultdict(list)
        for row in rows(name):
            versions[row[key]].append(str(row[stamp]))
        repeated = [stamps for stamps in versions.values() if len(stamps) > 1]
        assert repeated, name
        assert all(len(set(stamps)) == len(stamps) for stamps in repeated), name
        assert all(stamps == sorted(stamps) for stamps in repeated), name
    opens = [tuple(row.values()) for row in rows("marketing_cloud/_Open")]
    assert len(set(opens)) < len(opens)
