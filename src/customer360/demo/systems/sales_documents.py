"""Sales Cloud beside its deals: quotes with lines, contracts, campaigns and who was in them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from customer360.demo.clock import REFERENCE, iso_offset, later, moment
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row
from customer360.demo.systems import salesforce
from customer360.demo.systems.sales_cloud import INSTANCE

_COMMON = "CreatedDate LastModifiedDate SystemModstamp"
_QUOTE = f"""Id IsDeleted QuoteNumber Name OpportunityId AccountId ContactId Status ExpirationDate
TotalPrice Tax GrandTotal CurrencyIsoCode {_COMMON}"""
_QUOTE_LINE = f"""Id IsDeleted QuoteId Product2Id Quantity UnitPrice Discount TotalPrice
{_COMMON}"""
_CONTRACT = f"""Id IsDeleted AccountId CustomerSignedId ContractNumber Status StartDate EndDate
ContractTerm OwnerExpirationNotice ActivatedDate ContractValue__c CurrencyIsoCode AutoRenewal__c
Opportunity__c RenewalOpportunity__c {_COMMON}"""
_CAMPAIGN = f"""Id IsDeleted Name Type Status StartDate EndDate BudgetedCost ActualCost
CurrencyIsoCode {_COMMON}"""
_MEMBER = f"""Id IsDeleted CampaignId LeadId ContactId Status HasResponded FirstRespondedDate
{_COMMON}"""
_INFLUENCE = f"Id IsDeleted CampaignId OpportunityId ContactId Influence {_COMMON}"

_QUOTED_SHARE = {
    "Proposal/Price Quote": 0.4,
    "Negotiation/Review": 0.4,
    "Closed Won": 0.12,
    "Closed Lost": 0.12,
}
_QUOTE_STATUS = {
    "Proposal/Price Quote": "Presented",
    "Negotiation/Review": "In Review",
    "Closed Won": "Accepted",
    "Closed Lost": "Denied",
}
_CONTRACT_SHARE = 0.4
_CAMPAIGNS = (
    ("Spring webinar 2025", "Webinar", datetime(2025, 3, 3), 30, 4000, "USD"),
    ("製造業展示会 2025", "Trade Show", datetime(2025, 6, 11), 4, 2_400_000, "JPY"),
    ("Autumn mailing 2025", "Direct Mail", datetime(2025, 10, 6), 40, 9000, "USD"),
    ("Hannover stand 2026", "Trade Show", datetime(2026, 4, 20), 5, 18_000, "EUR"),
    ("春の新製品セミナー 2026", "Webinar", datetime(2026, 5, 12), 20, 600_000, "JPY"),
    ("Search ads 2026", "Advertisement", datetime(2026, 1, 5), 240, 36_000, "USD"),
)
_CENT = Decimal("0.01")


class SalesDocuments:
    """Writes six extracts about accounts, contacts, leads and deals that exist already."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._quote = ledger.table("sales_cloud/Quote.csv", _QUOTE)
        self._quote_line = ledger.table("sales_cloud/QuoteLineItem.csv", _QUOTE_LINE)
        self._contract = ledger.table("sales_cloud/Contract.csv", _CONTRACT)
        self._campaign = ledger.table("sales_cloud/Campaign.csv", _CAMPAIGN)
        self._member = ledger.table("sales_cloud/CampaignMember.csv", _MEMBER)
        self._influence = ledger.table("sales_cloud/CampaignInfluence.csv", _INFLUENCE)
        self._deals = self._live("Opportunity")

    def write(self) -> None:
        """All six files."""
        lines: dict[str, list[Row]] = defaultdict(list)
        for line in self._live("OpportunityLineItem"):
            lines[line["OpportunityId"]].append(line)
        for deal in self._deals:
            dice = Dice(self._seed, "quotes", deal["Id"])
            if dice.chance(_QUOTED_SHARE.get(deal["StageName"], 0.0)):
                self._write_quotes(deal, lines[deal["Id"]], dice)
        self._write_contracts()
        self._write_campaigns()

    def _live(self, table: str) -> list[Row]:
        """The newest version of each row that is not deleted."""
        written = self._ledger.tables[f"sales_cloud/{table}.csv"]
        newest = {row["Id"]: row for row in written.rows}
        return [
            {column: row.get(column, "") for column in written.columns}
            for row in newest.values()
            if row["IsDeleted"] is not True
        ]

    # -- quotes -----------------------------------------------------------------------------

    def _write_quotes(self, deal: Row, lines: list[Row], dice: Dice) -> None:
        opened = _moment(deal["CreatedDate"])
        quoted = later(dice, opened, 20)
        if dice.chance(0.15):
            # a first offer, without a discount, that was replaced
            self._write_quote(deal, lines, "Rejected", quoted, 0, dice)
            quoted = later(dice, quoted, 10)
        discount = dice.pick_weighted({0: 0.6, 5: 0.2, 10: 0.2})
        status = _QUOTE_STATUS[deal["StageName"]]
        if status == "Presented" and dice.chance(0.2):
            status = "Draft"
        self._write_quote(deal, lines, status, quoted, discount, dice)

    def _write_quote(
        self, deal: Row, lines: list[Row], status: str, quoted: datetime, discount: int, dice: Dice
    ) -> None:
        quote_id = self._new_id(salesforce.QUOTE)
        share = Decimal(100 - discount) / 100
        total = Decimal(0)
        for line in lines:
            price = (Decimal(line["TotalPrice"]) * share).quantize(_CENT)
            total += price
            row: Row = {
                "Id": self._new_id(salesforce.QUOTE_LINE),
                "IsDeleted": False,
                "QuoteId": quote_id,
                "Product2Id": line["Product2Id"],
                "Quantity": line["Quantity"],
                "UnitPrice": line["UnitPrice"],
                "Discount": discount,
                "TotalPrice": price,
            }
            self._quote_line.rows.append(_stamped(row, quoted, quoted))
        if not lines:
            total = (Decimal(deal["Amount"]) * share).quantize(_CENT)
        unit = Decimal(1) if deal["CurrencyIsoCode"] == "JPY" else _CENT
        tax = (total / 10).quantize(unit).quantize(_CENT)
        number = self._numbers[salesforce.QUOTE]
        quote: Row = {
            "Id": quote_id,
            "IsDeleted": False,
            "QuoteNumber": f"{number:08d}",
            "Name": f"{deal['Name']} quote",
            "OpportunityId": deal["Id"],
            "AccountId": deal["AccountId"],
            "ContactId": deal["ContactId"],
            "Status": status,
            "ExpirationDate": (quoted + timedelta(days=30)).date().isoformat(),
            "TotalPrice": total,
            "Tax": tax,
            "GrandTotal": total + tax,
            "CurrencyIsoCode": deal["CurrencyIsoCode"],
        }
        modified = later(dice, quoted, 25)
        if dice.chance(0.03) and modified > quoted:
            self._quote.rows.append(_stamped(quote | {"Status": "Draft"}, quoted, quoted))
        self._quote.rows.append(_stamped(quote, quoted, modified))

    # -- contracts --------------------------------------------------------------------------

    def _write_contracts(self) -> None:
        """Won deals that run for a term; some of those that end soon are being renewed."""
        open_deals: dict[str, list[Row]] = defaultdict(list)
        for deal in self._deals:
            if not deal["IsClosed"] and deal["Name"].endswith("Renewal"):
                open_deals[deal["AccountId"]].append(deal)
        for deal in self._deals:
            dice = Dice(self._seed, "contract", deal["Id"])
            if deal["IsWon"] and dice.chance(_CONTRACT_SHARE):
                self._write_contract(deal, open_deals[deal["AccountId"]], dice)

    def _write_contract(self, deal: Row, renewals: list[Row], dice: Dice) -> None:
        signed = _moment(f"{deal['CloseDate']}T09:00:00") + timedelta(hours=dice.below(8))
        signed = min(max(signed, _moment(deal["CreatedDate"])), REFERENCE)
        starts = (signed + timedelta(days=dice.between(0, 14))).date()
        months = dice.pick_weighted({12: 0.7, 24: 0.2, 36: 0.1})
        ends = _months_after(starts, months) - timedelta(days=1)
        is_draft = signed > REFERENCE - timedelta(days=30) and dice.chance(0.5)
        renewal = ""
        is_near = REFERENCE.date() - timedelta(days=30) < ends < REFERENCE.date() + timedelta(90)
        if is_near and renewals:
            renewal = renewals.pop(0)["Id"]
        contract_id = self._new_id(salesforce.CONTRACT)
        row: Row = {
            "Id": contract_id,
            "IsDeleted": False,
            "AccountId": deal["AccountId"],
            "CustomerSignedId": deal["ContactId"],
            "ContractNumber": f"{100 + self._numbers[salesforce.CONTRACT]:08d}",
            "Status": "Draft" if is_draft else "Activated",
            "StartDate": starts.isoformat(),
            # Salesforce works it out from the term; not every extract has it
            "EndDate": ends.isoformat() if dice.chance(0.8) else "",
            "ContractTerm": months,
            "OwnerExpirationNotice": dice.pick((15, 30, 60, 90)),
            "ActivatedDate": "" if is_draft else iso_offset(signed),
            "ContractValue__c": deal["Amount"],
            "CurrencyIsoCode": deal["CurrencyIsoCode"],
            "AutoRenewal__c": dice.chance(0.35),
            "Opportunity__c": deal["Id"],
            "RenewalOpportunity__c": renewal,
        }
        modified = later(dice, signed, 60)
        if dice.chance(0.05) and modified > signed:
            older = row | {"Status": "In Approval Process", "ActivatedDate": ""}
            self._contract.rows.append(_stamped(older, signed, signed))
        self._contract.rows.append(_stamped(row, signed, modified))

    # -- campaigns --------------------------------------------------------------------------

    def _write_campaigns(self) -> None:
        contacts = self._live("Contact")
        people = [(row["Id"], "", row["ConvertedContactId"], row) for row in self._live("Lead")]
        people += [("", row["Id"], row["Id"], row) for row in contacts]
        accounts = {row["Id"]: row["AccountId"] for row in contacts}
        touched: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        for name, kind, starts, days, cost, currency in _CAMPAIGNS:
            campaign_id = self._new_id(salesforce.CAMPAIGN)
            spent = cost * Dice(self._seed, "campaign", name).between(80, 110) // 100
            ends = starts + timedelta(days=days)
            created = starts - timedelta(days=40)
            row: Row = {
                "Id": campaign_id,
                "IsDeleted": False,
                "Name": name,
                "Type": kind,
                "Status": "Completed" if ends < REFERENCE else "In Progress",
                "StartDate": starts.date().isoformat(),
                "EndDate": ends.date().isoformat(),
                "BudgetedCost": f"{cost}.00",
                "ActualCost": f"{spent}.00",
                "CurrencyIsoCode": currency,
            }
            self._campaign.rows.append(_stamped(row, created, min(ends, REFERENCE)))
            for lead, contact, person, known in people:
                dice = Dice(self._seed, "campaign member", name, lead or contact)
                # a lead comes from the campaign, a contact is invited to it
                since = _moment(known["CreatedDate"])
                is_new = bool(lead) and starts <= since <= ends + timedelta(days=30)
                is_known = bool(contact) and since < starts
                if dice.chance(0.7 if is_new else 0.04 if is_known else 0.0):
                    joined = since if is_new else moment(dice, starts, ends)
                    self._write_member(campaign_id, lead, contact, joined, dice)
                    account = accounts.get(person, "") or known.get("ConvertedAccountId", "")
                    if account:
                        touched[account].append((joined, campaign_id, person))
        self._write_influences(touched)

    def _write_member(
        self, campaign_id: str, lead: str, contact: str, joined: datetime, dice: Dice
    ) -> None:
        has_responded = dice.chance(0.8 if lead else 0.3)
        responded = later(dice, joined, 10)
        row: Row = {
            "Id": self._new_id(salesforce.CAMPAIGN_MEMBER),
            "IsDeleted": dice.chance(0.01),
            "CampaignId": campaign_id,
            "LeadId": lead,
            "ContactId": contact,
            "Status": "Responded" if has_responded else "Sent",
            "HasResponded": has_responded,
            "FirstRespondedDate": responded.date().isoformat() if has_responded else "",
        }
        self._member.rows.append(_stamped(row, joined, responded if has_responded else joined))

    def _write_influences(self, touched: dict[str, list[tuple[datetime, str, str]]]) -> None:
        """Campaigns that reached somebody of the account in the half year before the deal."""
        for deal in self._deals:
            opened = _moment(deal["CreatedDate"])
            before = {
                campaign: person
                for when, campaign, person in touched.get(deal["AccountId"], [])
                if opened - timedelta(days=180) <= when <= opened
            }
            for place, campaign in enumerate(before):
                # whole per cents that add up to a hundred
                share = 100 // len(before) + (place < 100 % len(before))
                row: Row = {
                    "Id": self._new_id(salesforce.CAMPAIGN_INFLUENCE),
                    "IsDeleted": False,
                    "CampaignId": campaign,
                    "OpportunityId": deal["Id"],
                    "ContactId": before[campaign],
                    "Influence": share,
                }
                self._influence.rows.append(_stamped(row, opened, opened))

    def _new_id(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return salesforce.record_id(prefix, INSTANCE, self._numbers[prefix])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text[:19])


def _stamped(row: Row, created: datetime, modified: datetime) -> Row:
    return row | {
        "CreatedDate": iso_offset(created),
        "LastModifiedDate": iso_offset(modified),
        "SystemModstamp": iso_offset(modified),
    }


def _months_after(day: date, months: int) -> date:
    """The same day some months later (at most the 28th, which every month has)."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))
