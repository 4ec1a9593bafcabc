"""Deterministic rules: which records agree, or differ, in named fields.

A rule says in configuration what no score should have to find out: 'same loyalty number and same
birth year → same', 'different national identifier → never'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import duckdb

from customer360.matching.model import PartyType

# how the tables name a link that a rule makes
LINK_TYPE = "rule: {name}"
_BETWEEN_VALUES = " | "


class RuleDecision(Enum):
    """What a rule says about two records that meet it."""

    SAME = "same"
    DIFFERENT = "different"


# SQL of the values that a record has in a field: text, as a list, null where none is known
_ADDRESS_FIELDS = {
    "country": "[country]",
    "region": "[area]",
    "postal_code": "[postal]",
    "locality": "[place]",
    "street": "[street]",
    "house_number": "[house_number]",
}
_CONTACT_FIELDS = {
    "email": "emails",
    "phone": "phones",
    "national_identifier": "[national_id]",
}
# an initial is no name, and neither is what somebody's mailbox is called
_NAME = "list_filter({part}_keys, lambda key: length(key) > 1 and {part}_script <> 'email')"

FIELDS: Mapping[PartyType, Mapping[str, str]] = {
    PartyType.PERSON: {
        **_CONTACT_FIELDS,
        "family_name": _NAME.format(part="family"),
        "given_name": _NAME.format(part="given"),
        "birth_date": "[birth_date::varchar]",
        "birth_year": "[year(birth_date)::varchar]",
        "gender": "[gender]",
        "birth_place": "[birth_place]",
        "occupation": "[occupation]",
        **_ADDRESS_FIELDS,
    },
    PartyType.ORGANIZATION: {
        **_CONTACT_FIELDS,
        "organization_name": "name_keys",
        "legal_form": "[legal_form]",
        "domain": "company_domains",
        **_ADDRESS_FIELDS,
    },
}


@dataclass(frozen=True)
class Rule:
    """One deterministic rule.

    Attributes:
        name: how tables and explanations call it.
        fields: names of `FIELDS`, or types of identifiers such as loyalty_number. Two records meet
            a rule for 'same' when they share a value in all of them, one for 'different' when both
            have values in all of them and share none in any.

    """

    name: str
    party_type: PartyType
    decision: RuleDecision
    fields: tuple[str, ...]


def configured_rules(configured: Sequence[Mapping[str, Any]]) -> list[Rule]:
    """The rules of the variable `deterministic_rules`, which the settings have checked."""
    return [
        Rule(
            name=rule["name"],
            party_type=PartyType(rule["party_type"]),
            decision=RuleDecision(rule["decision"]),
            fields=tuple(rule.get("agree") or rule["differ"]),
        )
        for rule in configured
    ]


def find_rule_values(
    con: duckdb.DuckDBPyConnection, *, records: str, rules: Sequence[Rule]
) -> duckdb.DuckDBPyRelation:
    """List what every record has in the fields of every rule.

    Args:
        con: a connection.
        records: records as matching sees them: standardised, without generic values.
        rules: the rules.

    Returns:
        One row per rule and record that has a value in every field of it: `rule, decision,
        party_type, record_key`, `field_values` (everything that it has, as `field: value`) and
        `combinations` (for 'same' the texts of one value of each field, else empty). Two records
        differ in all fields when their `field_values` have nothing in common.

    """
    con.execute(
        "create or replace temp table rule_values (rule varchar, decision varchar,"
        " party_type varchar, record_key varchar, field_values varchar[],"
        " combinations varchar[])"
    )
    for rule in rules:
        fields = [f"value_{position}" for position in range(len(rule.fields))]
        values = ", ".join(
            f"list_sort(list_distinct(list_filter({_values(rule.party_type, field)},"
            f" lambda value: value is not null))) as {name}"
            for name, field in zip(fields, rule.fields, strict=True)
        )
        everything = ", ".join(
            f"list_transform({name}, lambda value: '{field}: ' || value)"
            for name, field in zip(fields, rule.fields, strict=True)
        )
        is_same = rule.decision is RuleDecision.SAME
        con.execute(
            f"""
            insert into rule_values
            select ?, ?, party_type, record_key, flatten([{everything}]),
                {_combined(fields) if is_same else "[]"}
            from (select record_key, party_type, {values} from {records} where party_type = ?)
            where {" and ".join(f"len({field}) > 0" for field in fields)}
            """,
            [rule.name, rule.decision.value, rule.party_type.value],
        )
    return con.table("rule_values")


def _values(party_type: PartyType, field: str) -> str:
    """SQL of the values of a field, which may be a type of identifier."""
    known = FIELDS[party_type].get(field)
    if known:
        return known
    prefix = f"{field}:"
    return (
        f"list_transform(list_filter(identifiers, lambda i: starts_with(i, '{prefix}')),"
        f" lambda i: substr(i, {len(prefix) + 1}))"
    )


def _combined(fields: Sequence[str]) -> str:
    """SQL of the list of texts with one value of each field."""
    result = fields[0]
    for position, field in enumerate(fields[1:]):
        result = (
            f"flatten(list_transform({result}, lambda x{position}: list_transform({field},"
            f" lambda y{position}: x{position} || '{_BETWEEN_VALUES}' || y{position})))"
        )
    return result
