"""Wrong settings stop a build before it does anything, and say what is allowed."""

from typing import Any

import pytest
import yaml

from customer360.settings import Settings, SettingsError, load_settings
from tests.project.builds import PROJECT

PROJECT_VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]


def test_a_rule_may_name_any_type_of_identifier() -> None:
    settings = load_settings(PROJECT_VARS, rules({"agree": ["badge", "birth_year"]}))
    assert settings.deterministic_rules[0].agree == ["badge", "birth_year"]


def test_the_shipped_settings_are_valid_and_complete() -> None:
    settings = load_settings(PROJECT_VARS, {})
    assert set(Settings.model_fields) == set(PROJECT_VARS)
    assert settings.instances_of("commerce_cloud") == ["jp", "us"]
    assert settings.instances_of("files") == ["main"]


RULE = {"name": "r", "party_type": "person", "decision": "same", "agree": ["email"]}


def rules(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"deterministic_rules": [RULE | change for change in changes]}


def deliveries(place: str) -> dict[str, Any]:
    return {"deliveries": {"default": "snapshot", place: "changes"}}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"sytems": ["files"]}, "sytems: there is no such variable; did you mean 'systems'?"),
        (
            {"systems": ["fils"]},
            "known adapters: appointments, commerce_cloud, consent, enrichment",
        ),
        ({"systems": ["files", "files"]}, "systems names a system twice"),
        ({"link_threshold_bits": 99}, "link_threshold_bits: Input should be less than or equal"),
        ({"review_from_bits": -5}, "weaker pairs are not kept"),
        ({"review_to_bits": -3.5}, "must not be above review_to_bits (-3.5)"),
        ({"review_threshold_bits": 5}, "must not be above link_threshold_bits"),
        (
            {"max_names_per_value": PROJECT_VARS["max_names_per_value"] | {"email": 0}},
            "max_names_per_value.email: Input should be greater than or equal",
        ),
        ({"max_names_per_value": {"email": 5}}, "says nothing about birth_date, default"),
        ({"birth_date_excess": 1}, "birth_date_excess: Input should be greater than or equal"),
        ({"declared_link_weights": {"crm_id": "yes"}}, "declared_link_weights.crm_id"),
        ({"survivorship": {"name": ["recency"]}}, "survivorship says nothing about address"),
        (
            {"survivorship": PROJECT_VARS["survivorship"] | {"name": ["newest"]}},
            "survivorship.name",
        ),
        (
            {"survivorship": PROJECT_VARS["survivorship"] | {"nickname": ["recency"]}},
            "survivorship.nickname",
        ),
        (
            {"survivorship": PROJECT_VARS["survivorship"] | {"email": ["trust", "trust"]}},
            "survivorship of email names a rule twice",
        ),
        ({"source_trust": {"web": 0.5}}, "source_trust says nothing about default"),
        ({"source_trust": {"default": 0.5, "wbe": 0.1}}, "source_trust names 'wbe'"),
        ({"source_trust": {"default": 0}}, "source_trust.default: Input should be greater"),
        ({"trust_half_life_days": {"default": 1, "emial": 2}}, "trust_half_life_days.emial"),
        ({"declared_link_weights": {"crm_id": 3}}, "declared_link_weights says nothing about"),
        ({"segments": {"won_back": "selling"}}, "segments.won_back: Input should be 'marketing'"),
        ({"source_priority": ["sales_clod"]}, "source_priority names 'sales_clod'"),
        ({"instances": {"files": []}}, "instances.files"),
        *(
            ({"instances": {"files": [name]}}, "instances.files.0")
            for name in ("..", ".", "", "../x", "a/b", "/etc", "it's", "a b", "%2e%2e", "x\n", "é")
        ),
        ({"recycled_keys": {"a/b/c": "quarantine"}}, "recycled_keys says nothing about default"),
        ({"recycled_keys": {"default": "ignore"}}, "Input should be 'new_incarnation' or"),
        ({"recycled_keys": {"files": "quarantine"}}, "recycled_keys.files"),
        (rules({"agree": ["birthdate"]}), "names 'birthdate'; did you mean 'birth_date'?"),
        (rules({"party_type": "organization", "agree": ["domian"]}), "did you mean 'domain'?"),
        (rules({"agree": []}), "it needs a list of fields under 'agree'"),
        (rules({"decision": "different"}), "it needs a list of fields under 'differ'"),
        (rules({"decision": "never"}), "deterministic_rules.0.decision"),
        (rules({"agrees": ["email"]}), "deterministic_rules.0.agrees"),
        (rules({"name": "it's"}), "deterministic_rules.0.name"),
        (rules({}, {}), "two rules named 'r'"),
        ({"duplicate_free_sources": ["commerce_cloud/jp"]}, "duplicate_free_sources.0"),
        ({"duplicate_free_bits": 0}, "duplicate_free_bits"),
        ({"max_records_per_rule_value": 1}, "max_records_per_rule_value"),
        ({"max_churn": 5}, "max_churn: Input should be less than or equal to 1"),
        ({"max_cluster_records": 1}, "max_cluster_records: Input should be greater than"),
        ({"max_lost_share": {"web/*/user": 1}}, "max_lost_share says nothing about default"),
        ({"max_lost_share": {"default": 0.1, "web": 1}}, "max_lost_share.web"),
        ({"deliveries": {"files": "changes"}}, "deliveries says nothing about default"),
        (
            {"deliveries": {"default": "change"}},
            "deliveries.default: Input should be 'snapshot'",
        ),
        (deliveries("fils"), "deliveries names 'fils', which is no adapter"),
        (deliveries("commerce_cloud/uk"), "has no instance 'uk'; its instances: jp, us"),
        (deliveries("files/main/party_records/x"), "deliveries.files/main/party_records/x"),
        ({"override_gates": {"max_churn": "  "}}, "override_gates.max_churn: String should have"),
        ({"override_gates": {"max_chrun": "x"}}, "override_gates.max_chrun"),
        ({"override_gates": {"events_lead_to_clusters": "x"}}, "override_gates.events_lead"),
        ({"marketing_cloud_utc_offset_hours": "six"}, "valid integer"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(PROJECT_VARS, overrides)
    assert message in str(error.value)
