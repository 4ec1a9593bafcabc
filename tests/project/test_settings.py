"""Wrong settings stop a build before it does anything, and say what is allowed."""

from typing import Any

import pytest
import yaml

from customer360.settings import Settings, SettingsError, load_settings
from tests.project.builds import PROJECT

PROJECT_VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]


def test_the_shipped_settings_are_valid_and_complete() -> None:
    settings = load_settings(PROJECT_VARS, {})
    assert set(Settings.model_fields) == set(PROJECT_VARS)
    assert settings.instances_of("commerce_cloud") == ["jp", "us"]
    assert settings.instances_of("files") == ["main"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"sytems": ["files"]}, "sytems: there is no such variable; did you mean 'systems'?"),
        ({"systems": ["fils"]}, "known adapters: commerce_cloud, files"),
        ({"systems": ["files", "files"]}, "systems names a system twice"),
        ({"link_threshold_bits": 99}, "link_threshold_bits: Input should be less than or equal"),
        ({"review_threshold_bits": 5}, "must not be above link_threshold_bits"),
        ({"max_names_per_email": 0}, "max_names_per_email: Input should be greater than or equal"),
        ({"declared_link_weights": {"crm_id": "yes"}}, "declared_link_weights.crm_id"),
        ({"survivorship": {"name": ["recency"]}}, "survivorship says nothing about address"),
        (
            {"survivorship": PROJECT_VARS["survivorship"] | {"name": ["newest"]}},
            "survivorship.name",
        ),
        ({"declared_link_weights": {"crm_id": 3}}, "declared_link_weights says nothing about"),
        ({"source_priority": ["sales_clod"]}, "source_priority names 'sales_clod'"),
        ({"instances": {"files": []}}, "instances.files"),
        ({"instances": {"files": ["../x"]}}, "instances.files"),
        ({"marketing_cloud_utc_offset_hours": "six"}, "valid integer"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(PROJECT_VARS, overrides)
    assert message in str(error.value)
