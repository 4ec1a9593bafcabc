"""What to fix first is ranked by the records that gain, and said in numbers."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.readiness import what_to_fix
from customer360.settings import Settings, load_settings
from customer360_dbt.assess import systems_in
from customer360_dbt.dry_run import DryRunError

PROJECT = Path(__file__).parents[2]


def measure(topic: str, name: str, affected: int, total: int | None, **more: Any) -> dict[str, Any]:
    return {
        "delivered_in": more.pop("extract", "crm/main/contact"),
        "topic": topic,
        "measure": name,
        "affected": affected,
        "total": total,
        "share": affected / total if total else None,
        "detail": more.pop("detail", None),
    }


def test_what_spoils_most_records_comes_first_with_its_numbers() -> None:
    found = what_to_fix(
        [
            measure("formats", "phone", 90, 100),
            measure("rows", "in quarantine", 30, 120),
            measure("matching", "duplicates inside the extract", 20, 100),
            measure("values that tell nobody apart", "email", 15, 100, detail="role mailbox"),
            measure("freshness", "days behind the newest extract", 40, None, detail="2026-09-20"),
            measure("ids", "keys that are e-mail addresses", 100, 100),
            measure("completeness", "email", 40, 100),
        ]
    )
    assert [finding.text.split(":")[0] for finding in found] == [
        "100 of 100 keys are e-mail addresses",
        "its newest record (2026-09-20) is 40 days behind the newest extract",
        "30 of 120 rows cannot be used",
        "20 of 100 records are further records of somebody the extract already has",
        "15 records carry a value under e-mail that tells nobody apart (role mailbox)",
        "60 of 100 records have no e-mail",
        "10 of 100 records have a value under phone that nothing can be made of",
    ]


@pytest.mark.parametrize(
    "row",
    [
        measure("formats", "phone", 100, 100),
        measure("rows", "in quarantine", 0, 100),
        measure("rows", "superseded", 50, 100),
        measure("completeness", "email", 0, 100),
        measure("completeness", "email", 85, 100),
        measure("completeness", "gender", 1, 100),
        measure("freshness", "days behind the newest extract", 30, None),
        measure("ids", "commonest form", 100, 100, detail="x-9"),
    ],
    ids=lambda row: f"{row['topic']} {row['measure']} {row['affected']}",
)
def test_what_is_as_it_should_be_or_not_delivered_at_all_is_not_to_fix(row: dict[str, Any]) -> None:
    assert what_to_fix([row]) == []


@pytest.fixture
def settings() -> Settings:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))
    return load_settings(project["vars"], {})


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["files/party_records.csv"], {"systems": ["files"], "instances": {}}),
        (
            ["commerce_cloud/jp/orders.csv", "web/page_events.csv"],
            {"systems": ["commerce_cloud", "web"], "instances": {"commerce_cloud": ["jp"]}},
        ),
        (
            ["sales_cloud/east/Account.csv", "sales_cloud/west/Account.csv"],
            {"systems": ["sales_cloud"], "instances": {"sales_cloud": ["east", "west"]}},
        ),
        (["sales_cloud/Account/part-1.csv"], {"systems": ["sales_cloud"], "instances": {}}),
    ],
    ids=["one file", "registered instance", "new instances", "folders of objects"],
)
def test_systems_and_instances_are_those_that_have_a_folder(
    tmp_path: Path, settings: Settings, paths: list[str], found: dict[str, Any]
) -> None:
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("Id\n1\n", "utf-8")
    assert systems_in(tmp_path, settings, project=PROJECT) == found


def test_a_folder_without_a_system_is_told_what_it_needs(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "crm").mkdir()
    with pytest.raises(DryRunError, match="one subfolder per system, named as its adapter: sales_"):
        systems_in(tmp_path, settings, project=PROJECT)
