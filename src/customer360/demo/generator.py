"""Builds the whole demo: people and companies first, then what each system knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from customer360.demo.cases import CaseBook, KnownCase, write_cases
from customer360.demo.contact_details import PhoneBook
from customer360.demo.ledger import Ledger
from customer360.demo.organizations import build_organizations
from customer360.demo.people import Population
from customer360.demo.plan import plan_records
from customer360.demo.systems.app import App
from customer360.demo.systems.appointments import Appointments
from customer360.demo.systems.commerce_cloud import CommerceCloud
from customer360.demo.systems.commerce_fulfilment import CommerceFulfilment
from customer360.demo.systems.consent import Consent
from customer360.demo.systems.enrichment import Enrichment
from customer360.demo.systems.files import Files
from customer360.demo.systems.marketing_cloud import MarketingCloud
from customer360.demo.systems.payments import Payments
from customer360.demo.systems.sales_cloud import SalesCloud
from customer360.demo.systems.sales_documents import SalesDocuments
from customer360.demo.systems.service_cloud import ServiceCloud
from customer360.demo.systems.service_products import ServiceProducts
from customer360.demo.systems.social import Social
from customer360.demo.systems.web import Web
from customer360.demo.writer import write_opinions, write_tables, write_truth

_VISITORS_PER_PERSON = 0.15


@dataclass(frozen=True, slots=True)
class Demo:
    """The extracts, whose records they are, and the cases to look at first."""

    ledger: Ledger
    cases: list[KnownCase]

    def write(self, landing: Path, truth: Path) -> None:
        """Writes the extracts below `landing` and the truth below `truth`."""
        write_tables(self.ledger, landing)
        write_truth(self.ledger.truth, truth)
        write_opinions(self.ledger.opinions, truth)
        write_cases(self.cases, self.ledger.truth, truth)


def generate(*, people: int = 2000, organizations: int = 150, seed: int = 360) -> Demo:
    """The demo of that size; equal arguments give equal content.

    The named cases are always in it and count towards both numbers, so the smallest demo has some
    forty people and two organizations.

    Raises:
        ValueError: a number is negative.
    """
    if people < 0 or organizations < 0:
        raise ValueError(f"people and organizations are not negative: {people}, {organizations}")
    phones = PhoneBook(seed)
    population = Population(seed, phones)
    book = CaseBook(seed, phones, population)
    book.build()
    companies = book.organizations + build_organizations(
        organizations, seed, phones, book.organizations
    )
    everybody = population.build(people - len(book.people), companies, len(book.people) + 1)
    records = book.records + plan_records(everybody, seed)

    ledger = Ledger()
    SalesCloud(ledger, seed).write(companies, records)
    SalesDocuments(ledger, seed).write()
    ServiceCloud(ledger, seed).write(companies, records)
    ServiceProducts(ledger, seed).write()
    for site in ("jp", "us"):
        CommerceCloud(ledger, seed, site).write(records)
        CommerceFulfilment(ledger, seed, site).write()
    MarketingCloud(ledger, seed).write(records)
    Web(ledger, seed).write(records, int(people * _VISITORS_PER_PERSON))
    Payments(ledger, seed).write(records)
    Files(ledger, seed).write(companies, records)
    Consent(ledger, seed).write()
    # the people written by hand stay as they are
    Social(ledger, seed).write(everybody)
    Appointments(ledger, seed).write(everybody)
    Enrichment(ledger, seed).write(everybody, companies)
    App(ledger, seed).write(everybody)
    return Demo(ledger, book.cases)
