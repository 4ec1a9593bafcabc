"""What sales, service and shops see of a party beyond orders and cases, in the published demo."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.project.builds import DEMO, FILES_ONLY, Customer360

# the extracts are of the evening before
TODAY = "date '2026-10-31'"


def one(project: Customer360, sql: str) -> tuple[object, ...]:
    """The only row of a query."""
    (row,) = project.query(sql)
    return row


def test_contracts_that_are_due_name_the_deal_that_renews_them(demo: Customer360) -> None:
    due = demo.query(
        "select contract.gpid, renewal.gpid, renewal.is_closed, contract.notice_date"
        " < contract.renewal_date from fct_contracts as contract left join fct_opportunities as"
        " renewal on renewal_opportunity_key = renewal.opportunity_key"
        f" where renewal_date between {TODAY} and {TODAY} + 60"
    )
    assert 5 <= len(due) <= 30
    renewed = [row for row in due if row[1] is not None]
    assert 0 < len(renewed) < len(due)
    assert all(gpid == of_renewal for gpid, of_renewal, _, _ in renewed)
    assert {is_closed for _, _, is_closed, _ in renewed} == {False}
    assert all(is_before for *_, is_before in due)


def test_revenue_by_campaign_is_the_revenue_of_the_deals_it_had_a_part_in(
    demo: Customer360,
) -> None:
    by_campaign = demo.query(
        "select currency_code, sum(amount * influence_share) from fct_campaign_influences"
        " inner join fct_opportunities using (opportunity_key) where is_won group by 1 order by 1"
    )
    by_deal = demo.query(
        "select currency_code, sum(amount) from fct_opportunities where is_won and opportunity_key"
        " in (select opportunity_key from fct_campaign_influences) group by 1 order by 1"
    )
    assert by_campaign == by_deal and len(by_deal) >= 3


def test_a_lead_of_a_campaign_leads_to_revenue_of_the_same_party(demo: Customer360) -> None:
    """Campaign → lead → contact → deal, by the party and not by the keys."""
    deals, won = one(
        demo,
        "select count(distinct part.opportunity_key),"
        " count(distinct part.opportunity_key) filter (is_won)"
        " from fct_campaign_members as member inner join fct_campaign_influences as part"
        " on member.gpid = part.gpid and member.campaign_key = part.campaign_key"
        " inner join fct_opportunities as deal on part.opportunity_key = deal.opportunity_key"
        " where came_as_lead and part.record_key like 'sales_cloud/main/contact/%'",
    )
    assert isinstance(deals, int) and isinstance(won, int)
    assert deals >= won > 0


def test_quotes_are_no_revenue_and_at_most_one_of_a_deal_is_accepted(demo: Customer360) -> None:
    assert (
        demo.query(
            "select opportunity_key from fct_quotes where quote_status = 'accepted'"
            " group by 1 having count(*) > 1"
        )
        == []
    )
    assert one(
        demo,
        "select bool_and(quote.gpid = deal.gpid) from fct_quotes as quote"
        " inner join fct_opportunities as deal using (opportunity_key)",
    ) == (True,)


def test_a_warranty_is_that_of_the_owner(demo: Customer360) -> None:
    owners, active, over = one(
        demo,
        "select bool_and(asset.gpid = entitlement.gpid),"
        f" count(*) filter (ends_on >= {TODAY}), count(*) filter (ends_on < {TODAY})"
        " from fct_entitlements as entitlement inner join fct_assets as asset using (asset_key)",
    )
    assert owners is True
    assert active and over


def test_carts_are_abandoned_or_ordered_later_by_whoever_left_them(demo: Customer360) -> None:
    anonymous, ordered, abandoned, wrong = one(
        demo,
        "select count(*) filter (cart.gpid is null),"
        " count(*) filter (next_ordered_at <= last_modified_at + interval 7 day),"
        " count(*) filter (cart.gpid is not null and next_order_key is null),"
        " count(*) filter (orders.gpid <> cart.gpid or not orders.is_sale"
        " or orders.ordered_at < cart.last_modified_at or (cart.gpid is null"
        " and next_order_key is not null))"
        " from fct_carts as cart left join fct_orders as orders"
        " on cart.next_order_key = orders.order_key",
    )
    assert anonymous and ordered and abandoned
    assert wrong == 0


def test_a_parcel_is_followed_until_it_arrives(demo: Customer360) -> None:
    under_way = "shipped_at is not null and delivered_at is null"
    assert 5 <= len(demo.query(f"select 1 from fct_shipments where {under_way}")) <= 60
    # of some the shop never learns that they arrived; the carrier does
    shop = f"select count(*) from '{DEMO}/commerce_cloud/us/shipments.parquet'"
    ((unknown_to_shop,),) = duckdb.sql(f"{shop} where delivered_date is null").fetchall()
    ((unknown,),) = demo.query(
        "select count(*) from fct_shipments where source_instance = 'us' and delivered_at is null"
    )
    assert unknown < unknown_to_shop
    assert (
        demo.query(
            "select shipment_key from fct_shipments as parcel"
            " inner join fct_orders using (order_key) where parcel.gpid <> fct_orders.gpid"
            " or shipped_at < ordered_at or delivered_at < shipped_at"
        )
        == []
    )
    reports = "select count(*) from fct_shipment_events"
    assert one(demo, reports) == one(demo, "select sum(event_count)::bigint from fct_shipments")


def test_tracking_and_serial_numbers_are_for_the_restricted_file(demo: Customer360) -> None:
    for table, column in (
        ("fct_shipments", "tracking_number"),
        ("fct_shipment_events", "event_location"),
        ("fct_assets", "serial_number"),
        ("fct_quotes", "quote_name"),
    ):
        there = f"select count({column}) > 0 from {table}"
        assert demo.query(there, restricted=True) == [(True,)]
        with pytest.raises(duckdb.BinderException, match=column):
            demo.query(there)


def test_what_was_refunded_for_an_order_was_paid_for_it(demo: Customer360) -> None:
    assert (
        demo.query(
            "select order_key from fct_returns inner join fct_orders using (order_key)"
            " group by 1 having sum(refund_amount) > max(total_amount)"
        )
        == []
    )
    assert (
        demo.query(
            "select order_line_key from fct_returns"
            " inner join fct_order_lines using (order_line_key) group by 1"
            " having sum(refund_amount) > max(line_amount + tax_amount)"
        )
        == []
    )
    # the shop and the payment provider tell the same story
    both = demo.query(
        "select returned.refunds, paid.refunded_amount from"
        " (select order_key, sum(refund_amount) as refunds from fct_returns group by 1) as returned"
        " inner join fct_payments as paid using (order_key)"
        " where is_successful and payment_status <> 'refunded' and refunds is not null"
    )
    assert len(both) > 30
    assert [pair for pair in both if pair[0] != pair[1]] == []


def test_payments_are_those_of_the_live_mode_in_whole_units(demo: Customer360) -> None:
    charges = {
        row["id"]: row
        for row in duckdb.sql(f"from '{DEMO}/payments/charge.parquet'").to_arrow_table().to_pylist()
    }
    expected: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])
    test_mode = set()
    for row in charges.values():
        if not row["livemode"]:
            test_mode.add(f"payments/main/charge/{row['id']}")
            continue
        unit = Decimal(1) if row["currency"] == "jpy" else Decimal("0.01")
        sums = expected[row["currency"].upper()]
        sums[0] += row["amount"] * unit
        sums[1] += row["amount_refunded"] * unit
        if row["status"] == "succeeded":
            sums[2] += (row["amount"] - row["amount_refunded"]) * unit
    published = demo.query(
        "select currency_code, sum(amount), sum(refunded_amount), sum(net_amount)"
        " from fct_payments group by 1"
    )
    assert {currency: list(sums) for currency, *sums in published} == dict(expected)
    keys = {key for (key,) in demo.query("select payment_key from fct_payments")}
    assert test_mode and not test_mode & keys
    with (DEMO / "payments" / "customer.csv").open(encoding="utf-8") as file:
        testers = [row["id"] for row in csv.DictReader(file) if row["livemode"] == "false"]
    assert testers and not {f"payments/main/customer/{key}" for key in testers} & set(
        demo.holders()
    )


def test_a_customer_of_the_provider_is_the_customer_of_the_shop(demo: Customer360) -> None:
    records, alone = one(
        demo,
        "select count(*), count(*) filter (records = 1) from bridge_party_source inner join"
        " (select gpid, count(*) as records from bridge_party_source where is_current group by 1)"
        " using (gpid) where is_current and source_system = 'payments'",
    )
    assert isinstance(records, int) and isinstance(alone, int)
    assert records > 350 and alone < 0.02 * records
    # who paid as a guest without telling the provider a name is the guest of the order
    assert one(
        demo,
        "select count(*) > 0 and bool_and(paid.gpid = orders.gpid) from fct_payments as paid"
        " inner join fct_orders as orders using (order_key)"
        " where paid.record_key like 'commerce_cloud/%/guest_order/%'",
    ) == (True,)


def test_a_declined_card_and_an_unusual_payment_stand_out(demo: Customer360) -> None:
    streaks = demo.query(
        "select gpid, count(*), count(distinct order_key) from fct_payments"
        " where payment_status = 'failed' and gpid is not null group by 1 having count(*) >= 5"
    )
    assert [orders for _, _, orders in streaks] == [1]
    unusual = demo.query(
        "select gpid, max(amount) / median(amount) as times from fct_payments"
        " where is_successful and gpid is not null group by gpid, currency_code"
        " having count(*) >= 5 and times > 20"
    )
    assert len(unusual) == 1


def test_the_timeline_has_every_moment_of_a_fact(demo: Customer360) -> None:
    for activity, fact, condition in (
        ("quote", "fct_quotes", "created_at is not null"),
        ("contract", "fct_contracts", "activated_at is not null"),
        ("campaign_response", "fct_campaign_members", "responded_at is not null"),
        ("shipment", "fct_shipments", "shipped_at is not null"),
        ("delivery", "fct_shipments", "delivered_at is not null"),
        ("return", "fct_returns", "returned_at is not null"),
        ("failed_payment", "fct_payments", "payment_status = 'failed'"),
        ("payment", "fct_payments", "payment_status <> 'failed'"),
    ):
        of_fact = f"select count(*), count(gpid) from {fact} where {condition}"
        of_timeline = "select count(*), count(gpid) from fct_activities where activity_type"
        in_timeline = f"{of_timeline} = '{activity}'"
        assert one(demo, in_timeline) == one(demo, of_fact), activity
        assert one(demo, of_fact) != (0, 0)


def test_extracts_that_a_system_does_not_have_are_empty_facts(
    tmp_path: Path,
) -> None:
    """Sales Cloud without contracts and campaigns is as it was before."""
    landing = tmp_path / "landing" / "sales_cloud"
    landing.mkdir(parents=True)
    for name in ("Account", "Contact", "Lead", "Opportunity", "OpportunityLineItem"):
        (landing / f"{name}.csv").write_bytes((DEMO / "sales_cloud" / f"{name}.csv").read_bytes())
    for name in ("Task", "Event"):
        header = (DEMO / "sales_cloud" / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (landing / f"{name}.csv").write_text(header + "\n", "utf-8")
    project = Customer360(tmp_path / "landing", tmp_path / "home", tmp_path / "scratch")
    project.run(variables=FILES_ONLY | {"systems": ["sales_cloud"]})
    for fact in ("quotes", "contracts", "campaign_members", "campaign_influences"):
        assert project.query(f"select count(*) from fct_{fact}") == [(0,)]
    assert project.query("select count(*) > 500 from fct_opportunities") == [(True,)]
