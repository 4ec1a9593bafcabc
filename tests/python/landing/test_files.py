from datetime import datetime
from pathlib import Path

import pytest

from customer360.landing.files import files_of, is_file_of, near_names


@pytest.mark.parametrize(
    ("stem", "file"),
    [
        ("Account", "Account"),
        ("account", "Account"),
        ("ACCOUNTS", "Account"),
        ("Account", "accounts"),
        ("_Subscribers", "_Subscribers"),
        ("subscriber", "_Subscribers"),
        ("OpportunityLineItem", "opportunity_line_item"),
        ("opportunity-line-items", "OpportunityLineItem"),
        ("opportunities", "Opportunity"),
        ("customer_addresses", "customer_address"),
        ("Account_2026-10-31", "Account"),
        ("Account_2026-10-31T10_30_00Z", "Account"),
        ("account-0001", "Account"),
        ("accounts.20261031.0002", "Account"),
    ],
)
def test_a_file_belongs_to_its_object(stem: str, file: str) -> None:
    assert is_file_of(stem, file)


@pytest.mark.parametrize(
    ("stem", "file"),
    [
        ("AccountContactRelation", "Account"),
        ("Account_old", "Account"),
        ("Account2", "Account"),
        ("MyAccount", "Account"),
        ("case_comment", "case"),
        ("2026-10-31", "Account"),
        ("", "Account"),
    ],
)
def test_a_file_of_another_name_does_not(stem: str, file: str) -> None:
    assert not is_file_of(stem, file)


def test_files_folders_and_compressed_files_of_one_object_are_found_together(
    tmp_path: Path,
) -> None:
    for name in (
        "Account.csv",
        "account_2026-10-31.csv.gz",
        "accounts/part-0001.csv",
        "accounts/year=2026/x.csv",
        "accounts/.hidden.csv",
        "accounts/_SUCCESS",
        ".Account.csv",
        "Account.xlsx",
        "Contact.csv",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [file.name for file in files_of(tmp_path, "Account", landing=tmp_path)] == [
        "Account.csv",
        "account_2026-10-31.csv.gz",
        "accounts/part-0001.csv",
        "accounts/year=2026/x.csv",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Account_2026-10-31.csv", datetime(2026, 10, 31)),
        ("Account-20261031T143000Z.csv", datetime(2026, 10, 31, 14, 30)),
        ("Account_2026-13-31.csv", None),
        ("Account_0001.csv", None),
        ("Account.csv", None),
    ],
)
def test_a_date_in_the_name_says_when_a_file_was_delivered(
    tmp_path: Path, name: str, expected: datetime | None
) -> None:
    (tmp_path / name).touch()
    [file] = files_of(tmp_path, "Account", landing=tmp_path)
    assert file.delivered_at == expected


def test_near_names_are_misspellings_only(tmp_path: Path) -> None:
    for name in ("Acount.csv", "Opportunity.csv"):
        (tmp_path / name).touch()
    assert near_names(tmp_path, "Account") == ["Acount.csv"]
