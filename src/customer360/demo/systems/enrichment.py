"""Two data providers: what they say of households and of companies, with keys and dates."""

from __future__ import annotations

from datetime import datetime, timedelta

from customer360.demo.contact_details import write_phone
from customer360.demo.dice import Dice
from customer360.demo.ledger import Ledger, Row
from customer360.demo.organizations import INDUSTRIES, Organization
from customer360.demo.people import Person

_DEMOGRAPHICS = """row_id provider provider_key record_key email phone country_code
household_income_band occupation education children home_ownership birth_year as_of"""
_FIRMOGRAPHICS = """row_id provider provider_key record_key corporate_number domain phone
country_code registered_number industry employees revenue currency as_of"""
_INCOMES = ("under 25k", "25k-50k", "50k-100k", "100k-200k", "over 200k")
_EDUCATION = ("secondary", "vocational", "bachelor", "master", "doctorate")
_OCCUPATIONS = ("manager", "office worker", "engineer", "self-employed", "teacher", "retired")
_DATES = (
    datetime(2025, 1, 15),
    datetime(2025, 7, 15),
    datetime(2026, 1, 15),
    datetime(2026, 7, 15),
)
_PERSON_PROVIDERS = {"Northlight Data": 0.16, "Atlas Consumer": 0.1}
_COMPANY_PROVIDERS = {"Northlight Data": 0.5, "Registry Plus": 0.4}


class Enrichment:
    """Writes what the providers deliver: attributes, and by which key they know whose they are."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self._demographics = ledger.table("enrichment/demographics.csv", _DEMOGRAPHICS)
        self._firmographics = ledger.table("enrichment/firmographics.csv", _FIRMOGRAPHICS)

    def write(self, people: list[Person], organizations: list[Organization]) -> None:
        """Both files. The shops have written theirs."""
        for person in people:
            for provider, share in _PERSON_PROVIDERS.items():
                dice = Dice(self._seed, "demographics", provider, person.number)
                if dice.chance(share):
                    self._write_person(person, provider, dice)
        for organization in organizations:
            for provider, share in _COMPANY_PROVIDERS.items():
                dice = Dice(self._seed, "firmographics", provider, organization.number)
                if dice.chance(share):
                    self._write_company(organization, provider, dice)

    def _write_person(self, person: Person, provider: str, dice: Dice) -> None:
        # what is true of the household; a provider is mistaken now and then
        true = Dice(self._seed, "household facts", person.household.landline)
        income, children = true.below(len(_INCOMES)), true.pick_weighted({0: 5, 1: 2, 2: 2, 3: 1})
        ownership = true.pick_weighted({"owner": 0.55, "renter": 0.45})
        row: Row = {
            "provider": provider,
            "provider_key": f"H{dice.letters(10, '0123456789')}",
            "country_code": person.country,
            "household_income_band": _INCOMES[income] if dice.chance(0.85) else dice.pick(_INCOMES),
            "occupation": person.job_title
            if person.job_title and dice.chance(0.5)
            else dice.pick(_OCCUPATIONS),
            "education": dice.pick(_EDUCATION) if dice.chance(0.7) else "",
            "children": children if dice.chance(0.9) else children + 1,
            "home_ownership": ownership if dice.chance(0.8) else "",
            "birth_year": person.birth_date.year + (0 if dice.chance(0.9) else dice.pick((-1, 1))),
        }
        key = dice.pick_weighted({"email": 0.6, "phone": 0.25, "customer": 0.15})
        customers = self._ledger.customers.get(person.number, [])
        if key == "customer" and customers:
            # a list that the shop sent out, and that came back with its own numbers
            customer = customers[0]
            row["record_key"] = (
                f"commerce_cloud/{customer.site}/customer/{customer.customer_number}"
            )
        elif key == "phone":
            row["phone"] = write_phone(person.mobile, person.country, dice)
        else:
            row["email"] = person.email
        self._deliver(self._demographics.rows, row, "household_income_band", _INCOMES, dice)

    def _write_company(self, organization: Organization, provider: str, dice: Dice) -> None:
        true = Dice(self._seed, "company facts", organization.number)
        # numbers that begin with 0 are given to nobody: the first digit is a check digit, from 1 on
        number = "0" + true.letters(12, "0123456789")
        employees = int(5 * 10 ** (true.fraction() * 3.2))
        revenue = round(employees * (60 + 200 * true.fraction()) * 1000, 2)
        if organization.country == "JP":
            revenue = round(revenue * 150)
        currency = {"JP": "JPY", "US": "USD", "GB": "GBP"}.get(organization.country, "EUR")
        row: Row = {
            "provider": provider,
            "provider_key": f"C{dice.letters(9, '0123456789')}",
            "country_code": organization.country,
            "registered_number": number if organization.country == "JP" else "",
            "industry": organization.industry if dice.chance(0.9) else dice.pick(list(INDUSTRIES)),
            "employees": employees if dice.chance(0.7) else int(employees * 1.1) + 1,
            "revenue": f"{revenue:.2f}" if dice.chance(0.8) else "",
            "currency": currency,
        }
        key = dice.pick_weighted({"domain": 0.7, "phone": 0.3})
        if key == "domain" and organization.domain:
            row["domain"] = organization.domain
        else:
            row["phone"] = write_phone(organization.switchboard, organization.country, dice)
        self._deliver(self._firmographics.rows, row, "industry", list(INDUSTRIES), dice)

    @staticmethod
    def _deliver(
        rows: list[Row], row: Row, attribute: str, values: tuple[str, ...] | list[str], dice: Dice
    ) -> None:
        """The row, and for some an older one that says otherwise, or an update by key alone."""
        when = dice.below(len(_DATES))
        prefix = "D" if "children" in row else "F"

        def add(each: Row, day: datetime) -> None:
            identity = {"row_id": f"{prefix}{len(rows) + 1:05d}", "as_of": day.date().isoformat()}
            rows.append(each | identity)

        if when and dice.chance(0.2):
            add(row | {attribute: dice.pick(values)}, _DATES[when - 1])
        add(row, _DATES[when])
        if dice.chance(0.1):
            known = {"provider", "provider_key", "country_code", attribute}
            update = {name: value for name, value in row.items() if name in known}
            add(update | {attribute: dice.pick(values)}, _DATES[when] + timedelta(days=75))
