"""Deterministic rules: who agrees in every field, and who differs in every one."""

import duckdb
import pytest

from customer360.matching.model import PartyType
from customer360.rules import FIELDS, Rule, RuleDecision, configured_rules, find_rule_values

COLUMNS = """
    record_key varchar, party_type varchar, emails varchar[], phones varchar[],
    national_id varchar, identifiers varchar[], company_domains varchar[], family_keys varchar[],
    given_keys varchar[], family_script varchar, given_script varchar, name_keys varchar[],
    legal_form varchar, birth_date date, gender varchar, birth_place varchar,
    occupation varchar, country varchar, area varchar, postal varchar, place varchar,
    street varchar, house_number varchar
"""


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"create table records ({COLUMNS})")
    con.execute(
        """
        insert into records by name select * from (values
            ('card', 'person', ['loyalty_number:L1', 'loyalty_number:L2', 'badge:9'],
             date '1980-02-03', ['doe'], ['john', 'j'], 'latin', 'latin'),
            ('no year', 'person', ['loyalty_number:L1'], null, ['doe'], ['j'], 'latin', 'latin'),
            ('from mail', 'person', null, date '1980-02-03', ['doe'], ['john'], 'email', 'email'),
            ('family from mail', 'person', null, null, ['doe'], ['j'], 'email', 'latin'),
            ('company', 'organization', ['loyalty_number:L1'], null, null, null, null, null)
        ) as r (record_key, party_type, identifiers, birth_date, family_keys, given_keys,
            family_script, given_script)
        """
    )
    return con


def found(
    con: duckdb.DuckDBPyConnection, decision: RuleDecision, *fields: str
) -> dict[str, tuple[list[str], list[str]]]:
    rule = Rule("the rule", PartyType.PERSON, decision, fields)
    rows = find_rule_values(con, records="records", rules=[rule]).fetchall()
    assert all(row[:3] == ("the rule", decision.value, "person") for row in rows)
    return {key: (values, combinations) for _, _, _, key, values, combinations in rows}


def test_a_record_needs_a_value_in_every_field_and_has_a_combination_per_value(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert found(con, RuleDecision.SAME, "loyalty_number", "birth_year") == {
        "card": (
            ["loyalty_number: L1", "loyalty_number: L2", "birth_year: 1980"],
            ["L1 | 1980", "L2 | 1980"],
        )
    }


def test_an_initial_and_a_name_read_from_an_address_are_no_names(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert set(found(con, RuleDecision.SAME, "family_name")) == {"card", "no year"}
    assert found(con, RuleDecision.SAME, "given_name") == {"card": (["given_name: john"], ["john"])}


def test_a_rule_that_parts_records_makes_no_combinations(con: duckdb.DuckDBPyConnection) -> None:
    assert found(con, RuleDecision.DIFFERENT, "loyalty_number")["no year"] == (
        ["loyalty_number: L1"],
        [],
    )


@pytest.mark.parametrize("party_type", list(PartyType))
def test_every_documented_field_can_be_read(
    con: duckdb.DuckDBPyConnection, party_type: PartyType
) -> None:
    for field in FIELDS[party_type]:
        rule = Rule(field, party_type, RuleDecision.SAME, (field, "badge"))
        find_rule_values(con, records="records", rules=[rule])


def test_rules_are_read_as_configured() -> None:
    configured = [
        {"name": "x", "party_type": "person", "decision": "same", "agree": ["email", "badge"]},
        {"name": "y", "party_type": "organization", "decision": "different", "differ": ["domain"]},
    ]
    assert configured_rules(configured) == [
        Rule("x", PartyType.PERSON, RuleDecision.SAME, ("email", "badge")),
        Rule("y", PartyType.ORGANIZATION, RuleDecision.DIFFERENT, ("domain",)),
    ]
