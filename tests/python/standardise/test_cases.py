"""Every hard case of tests/cases becomes what its line says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.standardise.addresses import parse_address
from customer360.standardise.birth_dates import parse_birth_date
from customer360.standardise.emails import parse_email
from customer360.standardise.names import PersonName, parse_person_name
from customer360.standardise.organizations import parse_organization_name
from customer360.standardise.phones import parse_phone

FOLDER = Path(__file__).parents[2] / "cases"


def load(name: str) -> Any:
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def or_none(text: str | None) -> str | None:
    return None if text in (None, "null") else text


def parse(name: Any) -> PersonName:
    if isinstance(name, str):
        return parse_person_name(name)
    return parse_person_name(None, name.get("given"), name.get("family"), name.get("reading"))


@pytest.mark.parametrize("case", load("names")["pairs"], ids=lambda c: f"{c['a']} | {c['b']}")
def test_two_names_share_keys_exactly_where_they_may_be_one_person(case: dict[str, Any]) -> None:
    a, b = parse(case["a"]), parse(case["b"])
    shares_family = not set(a.family_keys).isdisjoint(b.family_keys)
    shares_given = not set(a.given_nickname_keys).isdisjoint(b.given_nickname_keys)
    assert (shares_family and shares_given) == (case["same"] == "true"), (a, b)


@pytest.mark.parametrize("case", load("names")["parts"], ids=lambda c: str(c["name"]))
def test_a_name_is_taken_apart_as_the_case_says(case: dict[str, Any]) -> None:
    found = parse(case["name"])
    assert (found.family, found.given, found.is_order_known) == (
        or_none(case["family"]),
        or_none(case["given"]),
        case["known"] == "true",
    )


@pytest.mark.parametrize("case", load("emails"), ids=lambda c: c["text"])
def test_an_email_address_yields_what_the_case_says(case: dict[str, Any]) -> None:
    found = parse_email(case["text"])
    if or_none(case["address"]) is None:
        assert found is None
    else:
        assert found is not None
        assert found.address == case["address"]
        assert found.is_role == (case.get("role") == "true")
        assert list(found.family_keys) == case.get("family", [])
        assert list(found.given_keys) == case.get("given", [])


@pytest.mark.parametrize("case", load("phones"), ids=lambda c: c["text"])
def test_a_phone_number_becomes_what_the_case_says(case: dict[str, Any]) -> None:
    assert parse_phone(case["text"], case.get("country")) == or_none(case["number"])


@pytest.mark.parametrize("case", load("addresses"), ids=lambda c: str(c["given"]))
def test_an_address_has_the_parts_that_the_case_says(case: dict[str, Any]) -> None:
    found = parse_address(**case["given"])
    assert found is not None
    expected = {part: or_none(value) for part, value in case["expected"].items()}
    assert {part: getattr(found, part) for part in expected} == expected


@pytest.mark.parametrize("case", load("birth_dates"), ids=lambda c: c["text"])
def test_a_birth_date_is_the_day_that_the_case_says(case: dict[str, Any]) -> None:
    found = parse_birth_date(case["text"])
    assert (None if found is None else found.isoformat()) == or_none(case["day"])


@pytest.mark.parametrize("case", load("organizations")["names"], ids=lambda c: c["text"])
def test_a_company_name_has_the_core_and_form_that_the_case_says(case: dict[str, Any]) -> None:
    found = parse_organization_name(case["text"])
    assert found is not None
    assert (found.name, found.legal_form) == (case["name"], or_none(case["legal_form"]))


@pytest.mark.parametrize(
    "case", load("organizations")["pairs"], ids=lambda c: f"{c['a']} | {c['b']}"
)
def test_two_companies_share_keys_exactly_where_they_may_be_one(case: dict[str, Any]) -> None:
    a, b = parse_organization_name(case["a"]), parse_organization_name(case["b"])
    assert a is not None
    assert b is not None
    assert (not set(a.keys).isdisjoint(b.keys)) == (case["same"] == "true"), (a, b)
