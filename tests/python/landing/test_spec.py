from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.landing.errors import LandingError
from customer360.landing.spec import TableSpec, known_systems, load_system, normalised


def problems(tmp_path: Path, **table: Any) -> str:
    column = {"name": "Id", "data_type": "varchar"}
    table = {"name": "contact", "columns": [column], **table}
    path = tmp_path / "models" / "staging" / "crm" / "_crm__sources.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    source = {"name": "crm", "schema": "landing", "tables": [table]}
    path.write_text(yaml.safe_dump({"sources": [source]}), encoding="utf-8")
    with pytest.raises(LandingError) as raised:
        load_system(tmp_path, "crm")
    return str(raised.value)


@pytest.mark.parametrize("name", ["customer-no", "customerNo", "customer_no", "CUSTOMER NO"])
def test_spellings_of_a_name_are_one_name(name: str) -> None:
    assert normalised(name) == "customerno"


def test_a_custom_field_keeps_its_suffix_letter() -> None:
    assert normalised("LastNameKana__c") == normalised("last_name_kana_c") == "lastnamekanac"


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"config": {"meta": {"latest_bY": ["Id"]}}}, "did you mean 'latest_by'"),
        ({"config": {"meta": {"key": ["Key"]}}}, "key names 'Key', which is not a declared column"),
        ({"config": {"meta": {"deleted": "Gone"}}}, "deleted names 'Gone'"),
        ({"columns": [{"name": "Id", "data_type": "text"}]}, "column Id, data_type: data_type"),
        (
            {"columns": [{"name": n, "data_type": "date"} for n in ("Id", "ID")]},
            "columns Id and ID have the same name",
        ),
        ({"columns": []}, "contact, columns"),
        ({"name": "Contact'; drop"}, "name"),
    ],
)
def test_a_mistake_in_the_yaml_is_named_with_its_place(
    tmp_path: Path, table: dict[str, Any], complaint: str
) -> None:
    message = problems(tmp_path, **table)
    assert "models/staging/crm/_crm__sources.yml" in message
    assert complaint in message


def test_foreign_meta_keys_are_left_alone() -> None:
    table = TableSpec.model_validate(
        {
            "name": "contact",
            "config": {"meta": {"owner": "sales", "key": ["Id"]}},
            "columns": [
                {"name": "Id", "data_type": "varchar", "config": {"meta": {"pii": "direct"}}}
            ],
        }
    )
    assert table.meta.key == ["Id"]


def test_every_adapter_of_the_project_has_a_usable_specification(repository: Path) -> None:
    systems = known_systems(repository)
    assert "files" in systems
    for system in systems:
        assert load_system(repository, system).tables


def test_the_files_adapter_declares_exactly_the_documented_columns(repository: Path) -> None:
    table = next(t for t in load_system(repository, "files").tables if t.name == "party_records")
    documented = (
        "source_system source_instance source_object source_key party_type full_name given_name "
        "family_name name_reading organization_name birth_date gender emails phones street_address "
        "locality region postal_code country_code national_identifier identifiers birth_place "
        "occupation created_at updated_at is_deleted"
    )
    assert " ".join(column.name for column in table.columns) == documented
    assert [column.name for column in table.columns if column.meta.required] == ["source_key"]
