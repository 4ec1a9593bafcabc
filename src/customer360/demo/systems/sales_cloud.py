"""Sales Cloud: accounts (companies and person accounts), contacts, leads, deals, activities."""

from __future__ import annotations

from datetime import datetime, timedelta

from customer360.demo.clock import (
    FACTS_START,
    RECORDS_START,
    REFERENCE,
    fact_moment,
    iso_offset,
    later,
    moment,
)
from customer360.demo.contact_details import PLACEHOLDER_NAMES, write_phone
from customer360.demo.dice import Dice
from customer360.demo.dirt import CLEAN, HALF_KANA, KANA, KANJI, ROMAJI, Profile, Typed, appear
from customer360.demo.ledger import Ledger, Row, Table
from customer360.demo.organizations import Organization, parents_of, write_name
from customer360.demo.places import write_address
from customer360.demo.plan import Place, Planned
from customer360.demo.systems import salesforce

INSTANCE = "5g0000"
_COMMON = "CreatedDate LastModifiedDate SystemModstamp"
_ACCOUNT = f"""Id IsDeleted MasterRecordId Name Type ParentId BillingStreet BillingCity BillingState
BillingPostalCode BillingCountry Phone Website Industry IsPersonAccount PersonContactId FirstName
LastName PersonEmail PersonMobilePhone PersonHomePhone PersonBirthdate PersonMailingStreet
PersonMailingCity PersonMailingState PersonMailingPostalCode PersonMailingCountry OwnerId
{_COMMON}"""
_CONTACT = f"""Id IsDeleted MasterRecordId AccountId IsPersonAccount LastName FirstName
LastNameKana__c FirstNameKana__c Title Email Phone MobilePhone HomePhone Birthdate MailingStreet
MailingCity MailingState MailingPostalCode MailingCountry HasOptedOutOfEmail DoNotCall
IsEmailBounced LeadSource OwnerId {_COMMON}"""
_LEAD = f"""Id IsDeleted MasterRecordId LastName FirstName LastNameKana__c FirstNameKana__c Title
Company Email Phone MobilePhone Street City State PostalCode Country Status IsConverted
ConvertedDate ConvertedAccountId ConvertedContactId ConvertedOpportunityId HasOptedOutOfEmail
LeadSource OwnerId {_COMMON}"""
_OPPORTUNITY = f"""Id IsDeleted AccountId Name StageName Amount CurrencyIsoCode Probability
CloseDate Type LeadSource IsClosed IsWon ContactId OwnerId {_COMMON}"""
_LINE_ITEM = f"""Id IsDeleted OpportunityId Product2Id ProductCode Name Quantity UnitPrice
TotalPrice {_COMMON}"""
_TASK = f"""Id IsDeleted WhoId WhatId AccountId Subject Status Priority TaskSubtype ActivityDate
CompletedDateTime IsClosed OwnerId {_COMMON}"""
_EVENT = f"""Id IsDeleted WhoId WhatId AccountId Subject Location StartDateTime EndDateTime
IsAllDayEvent IsChild OwnerId {_COMMON}"""

_CONTACT_PROFILE = Profile(
    scripts={KANJI: 0.8, ROMAJI: 0.14, KANA: 0.06},
    reading=0.65,
    email=0.85,
    work_email=0.6,
    mobile=0.8,
    landline=0.08,
    office_phone=0.75,
    birth_date=0.4,
    address=0.45,
    office_address=0.35,
)
_LEAD_PROFILE = Profile(
    scripts={KANJI: 0.55, ROMAJI: 0.25, KANA: 0.14, HALF_KANA: 0.06},
    reading=0.3,
    email=0.92,
    work_email=0.35,
    mobile=0.8,
    landline=0.0,
    office_phone=0.3,
    birth_date=0.0,
    address=0.5,
    unspaced=0.2,
    initial_only=0.03,
    typo=0.06,
    placeholder=0.05,
)
_PERSON_ACCOUNT_PROFILE = Profile(
    scripts={KANJI: 0.85, ROMAJI: 0.15}, email=0.9, mobile=0.85, birth_date=0.7, address=0.8
)
_PRODUCTS = (
    ("PLN-100", "Planning licence", 1200),
    ("SRV-010", "Service contract", 4800),
    ("PMP-220", "Pump 220", 950),
    ("VLV-015", "Valve set", 180),
    ("SNS-007", "Sensor pack", 420),
    ("INS-300", "Installation", 2600),
    ("TRN-001", "Training day", 1100),
    ("SPR-099", "Spare parts kit", 310),
)
_STAGES = {
    "Closed Won": 0.42,
    "Closed Lost": 0.23,
    "Negotiation/Review": 0.1,
    "Proposal/Price Quote": 0.13,
    "Qualification": 0.12,
}
_PROBABILITY = {
    "Closed Won": 100,
    "Closed Lost": 0,
    "Negotiation/Review": 70,
    "Proposal/Price Quote": 50,
    "Qualification": 20,
}
CURRENCIES = {"JP": "JPY", "US": "USD", "GB": "GBP", "DE": "EUR", "FR": "EUR"}
_SOURCES = ("Web", "Trade Show", "Phone Inquiry", "Partner Referral", "Other")


class SalesCloud:
    """Writes the seven extracts; afterwards the ledger knows every contact, lead and account."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._account = ledger.table("sales_cloud/Account.csv", _ACCOUNT)
        self._contact = ledger.table("sales_cloud/Contact.csv", _CONTACT)
        self._lead = ledger.table("sales_cloud/Lead.csv", _LEAD)
        self._opportunity = ledger.table("sales_cloud/Opportunity.csv", _OPPORTUNITY)
        self._line_item = ledger.table("sales_cloud/OpportunityLineItem.csv", _LINE_ITEM)
        self._task = ledger.table("sales_cloud/Task.csv", _TASK)
        self._event = ledger.table("sales_cloud/Event.csv", _EVENT)
        self._created: dict[str, datetime] = {}
        self._deals: dict[str, list[str]] = {}
        self._account_of: dict[str, str] = {}
        self._contacts_of: dict[str, list[str]] = {}

    def write(self, organizations: list[Organization], records: list[Planned]) -> None:
        """All seven files."""
        for organization in organizations:
            self._write_organization(organization)
        self._group(organizations)
        places = (Place.CONTACT, Place.PERSON_ACCOUNT, Place.LEAD)
        for place in places:
            chosen = [record for record in records if record.place is place]
            # a merged-away contact needs its master's id
            chosen.sort(key=lambda record: (record.fate == "merged", record.created))
            for record in chosen:
                if place is Place.CONTACT:
                    self._write_contact(record)
                elif place is Place.LEAD:
                    self._write_lead(record)
                else:
                    self._write_person_account(record)
        self._write_deals(organizations)
        self._write_activities()

    def _group(self, organizations: list[Organization]) -> None:
        """Accounts of a group of companies name the account above theirs."""
        parents = {
            self._ledger.accounts[child][0]: self._ledger.accounts[parent][0]
            for child, parent in parents_of(organizations).items()
        }
        for row in self._account.rows:
            if row["Id"] in parents:
                row["ParentId"] = parents[str(row["Id"])]

    # -- parties ----------------------------------------------------------------------------

    def _write_organization(self, organization: Organization) -> None:
        dice = Dice(self._seed, "sales account", organization.number)
        spellings = [organization.spellings.get("sales_cloud", organization.name)]
        if "sales_cloud_twin" in organization.spellings:
            spellings.append(organization.spellings["sales_cloud_twin"])
        elif dice.chance(0.08) and not organization.spellings:
            spellings.append(write_name(organization, dice))
        is_merged = len(spellings) > 1 and not organization.spellings and dice.chance(0.4)
        for copy, name in enumerate(spellings):
            account_id = self._new_id(salesforce.ACCOUNT)
            created = moment(dice, RECORDS_START, FACTS_START)
            address = write_address(organization.address, dice)
            has_address = not copy or dice.chance(0.7) or bool(organization.spellings)
            row: Row = {
                "Id": account_id,
                "IsDeleted": False,
                "Name": name,
                "Type": dice.pick(("Customer - Direct", "Customer - Channel", "Prospect")),
                "BillingStreet": address.street if has_address else "",
                "BillingCity": address.city if has_address else "",
                "BillingState": address.region if has_address else "",
                "BillingPostalCode": address.postal_code if has_address else "",
                "BillingCountry": address.country if has_address else "",
                "Phone": write_phone(organization.switchboard, organization.country, dice)
                if dice.chance(0.9) or organization.spellings
                else "",
                "Website": dice.pick(("https://www.{}", "www.{}", "{}", "http://{}/")).format(
                    organization.domain
                )
                if dice.chance(0.75) or organization.spellings
                else "",
                "Industry": organization.industry,
                "IsPersonAccount": False,
                "OwnerId": self._owner(dice),
            }
            if copy and is_merged:
                row |= {"IsDeleted": True, "MasterRecordId": self._account.rows[-1]["Id"]}
            self._deliver(self._account, row, created, dice, {"Phone": "", "Type": "Prospect"})
            if not row["IsDeleted"]:
                self._ledger.accounts[organization.number].append(account_id)
                self._created[account_id] = created
            self._ledger.add_truth(
                f"sales_cloud/main/account/{account_id}",
                organization.party_id,
                "organization",
                _note(copy, row["IsDeleted"]),
            )

    def _write_contact(self, record: Planned) -> None:
        person, dice = record.person, record.dice(self._seed)
        contact_id = self._new_id(salesforce.CONTACT)
        typed = appear(person, record.created, CLEAN if record.is_clean else _CONTACT_PROFILE, dice)
        accounts = self._ledger.accounts[person.employer.number] if person.employer else []
        row = self._contact_row(contact_id, typed, dice) | {
            "AccountId": dice.pick(accounts) if accounts else "",
            "Title": person.job_title,
            "IsPersonAccount": False,
        }
        if person.employer is not None and record.is_clean:
            row["Phone"] = person.direct_line or person.employer.switchboard
        if record.fate == "deleted":
            row["IsDeleted"] = True
        elif record.fate == "merged" and self._ledger.contacts[person.number]:
            row |= {"IsDeleted": True, "MasterRecordId": self._ledger.contacts[person.number][-1]}
        if not record.is_clean and dice.chance(0.01):
            row |= {"LastName": dice.pick(PLACEHOLDER_NAMES), "FirstName": ""}
        row |= record.fields
        earlier = {"MobilePhone": "", "MailingStreet": "", "Title": ""}
        self._deliver(self._contact, row, record.created, dice, earlier)
        if record.fate == "deleted":
            return
        self._ledger.contacts[person.number].append(contact_id)
        if record.fate != "merged":
            self._created[contact_id] = record.created
            self._account_of[contact_id] = row["AccountId"]
        self._ledger.add_truth(
            f"sales_cloud/main/contact/{contact_id}",
            person.party_id,
            note="merged" if record.fate == "merged" else person.note,
        )

    @staticmethod
    def _contact_row(contact_id: str, typed: Typed, dice: Dice) -> Row:
        return {
            "Id": contact_id,
            "IsDeleted": False,
            "LastName": typed.family,
            "FirstName": typed.given,
            "LastNameKana__c": typed.family_reading,
            "FirstNameKana__c": typed.given_reading,
            "Email": typed.email,
            "Phone": typed.office_phone,
            "MobilePhone": typed.mobile,
            "HomePhone": typed.landline,
            "Birthdate": typed.birth_date,
            "MailingStreet": typed.address.street,
            "MailingCity": typed.address.city,
            "MailingState": typed.address.region,
            "MailingPostalCode": typed.address.postal_code,
            "MailingCountry": typed.address.country,
            "HasOptedOutOfEmail": dice.chance(0.08),
            "DoNotCall": dice.chance(0.05),
            "IsEmailBounced": dice.chance(0.02),
            "LeadSource": dice.pick(_SOURCES),
            "OwnerId": SalesCloud._owner(dice),
        }

    def _write_person_account(self, record: Planned) -> None:
        person, dice = record.person, record.dice(self._seed)
        account_id = self._new_id(salesforce.ACCOUNT)
        contact_id = self._new_id(salesforce.CONTACT)
        profile = CLEAN if record.is_clean else _PERSON_ACCOUNT_PROFILE
        typed = appear(person, record.created, profile, dice)
        account: Row = {
            "Id": account_id,
            "IsDeleted": False,
            "Name": f"{typed.family} {typed.given}" if typed.script != ROMAJI else typed.full,
            "Type": "Customer - Direct",
            "IsPersonAccount": True,
            "PersonContactId": contact_id,
            "FirstName": typed.given,
            "LastName": typed.family,
            "PersonEmail": typed.email,
            "PersonMobilePhone": typed.mobile,
            "PersonHomePhone": typed.landline,
            "PersonBirthdate": typed.birth_date,
            "PersonMailingStreet": typed.address.street,
            "PersonMailingCity": typed.address.city,
            "PersonMailingState": typed.address.region,
            "PersonMailingPostalCode": typed.address.postal_code,
            "PersonMailingCountry": typed.address.country,
            "OwnerId": self._owner(dice),
        } | record.fields
        contact = self._contact_row(contact_id, typed, dice) | {
            "AccountId": account_id,
            "IsPersonAccount": True,
            "OwnerId": account["OwnerId"],
        }
        self._deliver(self._account, account, record.created, dice, {"PersonMobilePhone": ""})
        self._deliver(self._contact, contact, record.created, dice, {"MobilePhone": ""})
        self._ledger.person_accounts[person.number] = (contact_id, account_id)
        for key in (contact_id, account_id):
            self._created[key] = record.created
        self._account_of[contact_id] = account_id
        for record_object, key in (("account", account_id), ("contact", contact_id)):
            self._ledger.add_truth(
                f"sales_cloud/main/{record_object}/{key}", person.party_id, note="person account"
            )

    def _write_lead(self, record: Planned) -> None:
        person, dice = record.person, record.dice(self._seed)
        lead_id = self._new_id(salesforce.LEAD)
        typed = appear(person, record.created, CLEAN if record.is_clean else _LEAD_PROFILE, dice)
        company = write_name(person.employer, dice) if person.employer else ""
        nobody = "個人" if person.country == "JP" else "Self"
        row: Row = {
            "Id": lead_id,
            "IsDeleted": record.fate == "deleted",
            "LastName": typed.family,
            "FirstName": typed.given,
            "LastNameKana__c": typed.family_reading,
            "FirstNameKana__c": typed.given_reading,
            "Title": person.job_title if dice.chance(0.5) else "",
            "Company": company if company and dice.chance(0.85) else nobody,
            "Email": typed.email,
            "Phone": typed.office_phone,
            "MobilePhone": typed.mobile,
            "Street": typed.address.street,
            "City": typed.address.city,
            "State": typed.address.region,
            "PostalCode": typed.address.postal_code,
            "Country": typed.address.country,
            "Status": dice.pick(("Open - Not Contacted", "Working - Contacted", "Unqualified")),
            "IsConverted": False,
            "HasOptedOutOfEmail": dice.chance(0.05),
            "LeadSource": dice.pick(_SOURCES),
            "OwnerId": self._owner(dice),
        }
        contacts = self._ledger.contacts[person.number]
        account = self._account_of.get(contacts[0], "") if contacts else ""
        wants_conversion = record.fields.get("IsConverted", dice.chance(0.5))
        if account and record.fate == "live" and wants_conversion:
            converted = max(record.created, self._created[contacts[0]])
            row |= {
                "Status": "Closed - Converted",
                "IsConverted": True,
                "ConvertedDate": later(dice, converted, 90).date().isoformat(),
                "ConvertedAccountId": account,
                "ConvertedContactId": contacts[0],
            }
        if not record.is_clean and dice.chance(0.03):
            row |= {"LastName": dice.pick(PLACEHOLDER_NAMES), "FirstName": ""}
        row |= {key: value for key, value in record.fields.items() if key != "IsConverted"}
        self._deliver(self._lead, row, record.created, dice, {"Status": "Open - Not Contacted"})
        if record.fate == "deleted":
            return
        self._ledger.leads[person.number].append(lead_id)
        self._created[lead_id] = record.created
        self._ledger.add_truth(
            f"sales_cloud/main/lead/{lead_id}",
            person.party_id,
            note="converted" if row["IsConverted"] else person.note,
        )

    # -- facts ------------------------------------------------------------------------------

    def _write_deals(self, organizations: list[Organization]) -> None:
        for contact_id, account_id in self._account_of.items():
            self._contacts_of.setdefault(account_id, []).append(contact_id)
        for organization in organizations:
            for account_id in self._ledger.accounts[organization.number]:
                dice = Dice(self._seed, "deals", account_id)
                for _ in range(dice.between(1, 8)):
                    self._write_deal(
                        account_id, organization.latin_brand, organization.country, dice
                    )
        for number in sorted(self._ledger.person_accounts):
            account_id = self._ledger.person_accounts[number][1]
            dice = Dice(self._seed, "deals", account_id)
            for _ in range(dice.between(0, 2)):
                self._write_deal(account_id, "Private", "US", dice)

    def _write_deal(self, account_id: str, name: str, country: str, dice: Dice) -> None:
        deal_id = self._new_id(salesforce.OPPORTUNITY)
        contacts = self._contacts_of.get(account_id, [])
        created = fact_moment(dice, self._created[account_id])
        stage = dice.pick_weighted(_STAGES)
        is_closed = stage.startswith("Closed")
        close = later(dice, created, 120) if is_closed else REFERENCE + timedelta(dice.below(120))
        factor = 150 if country == "JP" else 1
        total = 0
        lines = dice.pick_weighted({0: 0.12, 1: 0.2, 2: 0.24, 3: 0.24, 4: 0.2})
        for _ in range(lines):
            code, product, price = dice.pick(_PRODUCTS)
            quantity, unit_price = dice.between(1, 12), price * factor
            total += quantity * unit_price
            line: Row = {
                "Id": self._new_id(salesforce.LINE_ITEM),
                "IsDeleted": False,
                "OpportunityId": deal_id,
                "Product2Id": salesforce.record_id(
                    salesforce.PRODUCT, INSTANCE, [p[0] for p in _PRODUCTS].index(code) + 1
                ),
                "ProductCode": code,
                "Name": product,
                "Quantity": quantity,
                "UnitPrice": f"{unit_price:.2f}",
                "TotalPrice": f"{quantity * unit_price:.2f}",
            }
            self._stamp(line, created, created)
            self._line_item.rows.append(line)
        if not lines:
            total = dice.between(5, 400) * 100 * factor
        row: Row = {
            "Id": deal_id,
            "IsDeleted": False,
            "AccountId": account_id,
            "Name": f"{name} - {dice.pick(('Renewal', 'New Business', 'Upgrade', 'Pilot'))}",
            "StageName": stage,
            "Amount": f"{total:.2f}",
            "CurrencyIsoCode": CURRENCIES[country],
            "Probability": _PROBABILITY[stage],
            "CloseDate": close.date().isoformat(),
            "Type": dice.pick(("New Customer", "Existing Customer - Upgrade")),
            "LeadSource": dice.pick(_SOURCES),
            "IsClosed": is_closed,
            "IsWon": stage == "Closed Won",
            "ContactId": dice.pick(contacts) if contacts and dice.chance(0.6) else "",
            "OwnerId": self._owner(dice),
        }
        earlier = {
            "StageName": "Prospecting",
            "Probability": 10,
            "IsClosed": False,
            "IsWon": False,
        }
        self._deliver(self._opportunity, row, created, dice, earlier)
        self._deals.setdefault(account_id, []).append(deal_id)

    def _write_activities(self) -> None:
        people = [key for key in self._created if key[:3] in (salesforce.CONTACT, salesforce.LEAD)]
        for who in people:
            dice = Dice(self._seed, "activities", who)
            account = self._account_of.get(who, "")
            deals = self._deals.get(account, [])
            is_busy = 1 if who.startswith(salesforce.LEAD) else 2
            for _ in range(dice.between(0, 2 * is_busy)):
                self._write_task(who, dice.pick(deals) if deals else account, account, dice)
            for _ in range(dice.pick_weighted({0: 0.5, 1: 0.3, 2: 0.2}) if account else 0):
                self._write_event(who, dice.pick(deals) if deals else account, account, dice)

    def _write_task(self, who: str, what: str, account: str, dice: Dice) -> None:
        created = fact_moment(dice, self._created[who])
        is_closed = dice.chance(0.85)
        completed = later(dice, created, 14)
        kind = dice.pick_weighted({"Call": 0.45, "Email": 0.35, "Task": 0.2})
        subject = {
            "Call": ("Call", "電話フォロー", "Follow-up call"),
            "Email": ("Email: offer", "メール: お見積り", "Email: documents"),
            "Task": ("Send quote", "Prepare visit", "資料送付"),
        }[kind]
        row: Row = {
            "Id": self._new_id(salesforce.TASK),
            "IsDeleted": False,
            "WhoId": who,
            "WhatId": what,
            "AccountId": account,
            "Subject": dice.pick(subject),
            "Status": "Completed" if is_closed else "Not Started",
            "Priority": dice.pick_weighted({"Normal": 0.85, "High": 0.15}),
            "TaskSubtype": kind,
            "ActivityDate": (created + timedelta(days=dice.below(14))).date().isoformat(),
            "CompletedDateTime": iso_offset(completed) if is_closed else "",
            "IsClosed": is_closed,
            "OwnerId": self._owner(dice),
        }
        self._deliver(self._task, row, created, dice, {"Status": "Not Started"}, repeated=0.01)

    def _write_event(self, who: str, what: str, account: str, dice: Dice) -> None:
        created = fact_moment(dice, self._created[who])
        start = later(dice, created, 21).replace(minute=0, second=0)
        row: Row = {
            "Id": self._new_id(salesforce.EVENT),
            "IsDeleted": dice.chance(0.02),
            "WhoId": who,
            "WhatId": what,
            "AccountId": account,
            "Subject": dice.pick(("Meeting", "Demo", "打ち合わせ", "Site visit")),
            "Location": dice.pick(("", "Online", "Office")),
            "StartDateTime": iso_offset(start),
            "EndDateTime": iso_offset(start + timedelta(minutes=30 * dice.between(1, 4))),
            "IsAllDayEvent": False,
            "IsChild": False,
            "OwnerId": self._owner(dice),
        }
        self._deliver(self._event, row, created, dice, {"Location": ""}, repeated=0.01)

    # -- shared -----------------------------------------------------------------------------

    def _new_id(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return salesforce.record_id(prefix, INSTANCE, self._numbers[prefix])

    @staticmethod
    def _owner(dice: Dice) -> str:
        return salesforce.record_id(salesforce.USER, INSTANCE, dice.between(1, 9))

    @staticmethod
    def _stamp(row: Row, created: datetime, modified: datetime) -> None:
        row["CreatedDate"] = iso_offset(created)
        row["LastModifiedDate"] = iso_offset(modified)
        row["SystemModstamp"] = iso_offset(modified)

    def _deliver(
        self,
        table: Table,
        row: Row,
        created: datetime,
        dice: Dice,
        earlier: Row,
        repeated: float = 0.03,
    ) -> None:
        """Adds the row, sometimes after an earlier version of itself."""
        first = later(dice, created, 30)
        modified = later(dice, first, 500)
        if dice.chance(repeated) and modified > first:
            older = row | earlier | {"IsDeleted": False, "MasterRecordId": ""}
            self._stamp(older, created, first)
            table.rows.append({key: older.get(key, "") for key in table.columns})
        self._stamp(row, created, modified)
        table.rows.append(row)


def _note(copy: int, is_merged: bool) -> str:
    if is_merged:
        return "merged"
    return "duplicate" if copy else ""
