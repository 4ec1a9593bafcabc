"""Every hard case of tests/cases becomes what its line says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
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


@pytest.mark.parametrize("case", load("organizations")["branches"], ids=lambda c: c["text"])
def test_a_branch_has_the_name_of_its_company(case: dict[str, Any]) -> None:
    found = parse_organization_name(case["text"])
    assert found is not None
    assert (found.name, found.is_branch) == (case["name"], case.get("site") != "false")


@pytest.mark.parametrize(
    "case", load("organizations")["wholes"], ids=lambda c: f"{c['a']} | {c['b']}"
)
def test_whole_names_sound_the_same_exactly_where_they_are_one(case: dict[str, Any]) -> None:
    a, b = parse_organization_name(case["a"]), parse_organization_name(case["b"])
    assert a is not None
    assert b is not None
    assert (not set(a.sounds).isdisjoint(b.sounds)) == (case["same"] == "true"), (a, b)


@pytest.mark.parametrize(
    "case", load("organizations")["groups"], ids=lambda c: f"{c['parent']} | {c['name']}"
)
def test_a_name_begins_with_that_of_its_group_by_whole_words(case: dict[str, Any]) -> None:
    parent, name = parse_organization_name(case["parent"]), parse_organization_name(case["name"])
    assert parent is not None
    assert name is not None
    is_group = not set(parent.sounds).isdisjoint(name.stems)
    assert is_group == (case["is_group"] == "true"), (parent, name)


# ---- true twins and decoys


def fields(value: Any, only: str) -> dict[str, str]:
    return {only: value} if isinstance(value, str) else value


def names_agree(one: Any, other: Any) -> bool:
    a, b = parse(one), parse(other)
    return not (
        set(a.family_keys).isdisjoint(b.family_keys)
        or set(a.given_nickname_keys).isdisjoint(b.given_nickname_keys)
    )


def emails_agree(one: Any, other: Any) -> bool:
    a, b = parse_email(one), parse_email(other)
    return a is not None and b is not None and a.address == b.address


def phones_agree(one: Any, other: Any) -> bool:
    a, b = (
        parse_phone(value["text"], value.get("country"))
        for value in (fields(one, "text"), fields(other, "text"))
    )
    return a is not None and a == b


def addresses_agree(one: Any, other: Any) -> bool:
    """The same house in a place that nothing says is another; the flat does not matter."""
    a, b = parse_address(**fields(one, "street")), parse_address(**fields(other, "street"))
    assert a is not None
    assert b is not None
    places = [
        (getattr(a, part), getattr(b, part)) for part in ("postal_code", "region", "locality")
    ]
    return (a.street, a.number) == (b.street, b.number) and all(
        x == y for x, y in places if x is not None and y is not None
    )


def birth_dates_agree(one: Any, other: Any) -> bool:
    a = parse_birth_date(one)
    return a is not None and a == parse_birth_date(other)


def organizations_agree(one: Any, other: Any) -> bool:
    """A key in common that is more than one word that two longer names share."""
    a, b = parse_organization_name(one), parse_organization_name(other)
    assert a is not None
    assert b is not None
    wholes = {a.name.replace(" ", ""), b.name.replace(" ", "")}
    words = set(a.name.split()) & set(b.name.split())
    return any(key in wholes or key not in words for key in set(a.keys) & set(b.keys))


AGREE: dict[str, Callable[[Any, Any], bool]] = {
    "names": names_agree,
    "emails": emails_agree,
    "phones": phones_agree,
    "addresses": addresses_agree,
    "birth_dates": birth_dates_agree,
    "organizations": organizations_agree,
}
TWINS = load("twins")
CASES = [
    pytest.param(
        field,
        case,
        id=f"{field}: {case['one']} | {case['twin']}",
        # a case that starts to work has to lose its mark
        marks=[pytest.mark.xfail(strict=True)] if case.get("open") == "true" else [],
    )
    for field in AGREE
    for case in TWINS[field]
]


@pytest.mark.parametrize(("field", "case"), CASES)
def test_a_twin_is_recognised_and_every_decoy_is_not(field: str, case: dict[str, Any]) -> None:
    agree = AGREE[field]
    assert agree(case["one"], case["twin"]), f"{case['twin']} is not recognised"
    for side, decoy in product((case["one"], case["twin"]), case["decoys"]):
        assert not agree(side, decoy), f"{decoy} is taken for {side}"


def test_there_are_enough_hard_cases_of_every_field_and_each_has_a_decoy() -> None:
    assert TWINS.keys() == AGREE.keys()
    solved = [c for cases in TWINS.values() for c in cases if c.get("open") != "true"]
    assert len(solved) >= 250
    assert all(case["decoys"] for cases in TWINS.values() for case in cases)
