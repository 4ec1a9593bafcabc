"""Bad input: a clear error, or a quarantined row; nothing is lost silently."""

from pathlib import Path

import pytest

from tests.project.builds import FILES_ONLY, Customer360

HUGE = "x" * 1_000_000
MESSY = (
    "\ufeffsource_key,full_name,birth_date,updated_at,emails,is_deleted\n".encode()
    + b"ok-1,John Doe,1980-02-03,2026-01-01T00:00:00Z,john@example.com,\n"
    + b"ok-2,Jane Roe,2024-02-31,2026-01-01,,\n"
    + b"ok-3,Future Man,1990-01-01,2999-01-01,,false\n"
    + b"gone,Deleted Man,1990-01-01,2026-01-01,,true\n"
    + b",No Key,1990-01-01,,,\n"
    + "\u3000,Blank Key,1990-01-01,,,\n".encode()
    + b"dup,Old Name,,2025-01-01,,\n"
    + b"dup,New Name,,2026-01-01,,\n"
    + b"same,Twice Delivered,,2026-01-01,,\n"
    + b"same,Twice Delivered,,2026-01-01,,\n"
    + b'a/b/"c",Slashes,,,,\n'
    + b'"quote "" and \nnewline",Odd Key,,,,\n'
    + "🦊,Emoji Key,,,,\n".encode()
    + f"huge,{HUGE},,,,\n".encode()
    + b"bad-utf8,\xff\xfe,,,,\n"
    + b'open-quote,"Never Closed,,,,\n'
    + b"too,many,,,,,,fields\n"
    + b"ok-4,After The Mess,,,,\n"
)
LANDED = 18


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("messy")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_bytes(MESSY)
    project.build(variables=FILES_ONLY)
    return project


def test_landed_is_bridged_plus_quarantined_plus_superseded(messy: Customer360) -> None:
    ((landed, bridged, quarantined, superseded, is_balanced),) = messy.query(
        "select landed, bridged, quarantined, superseded, is_balanced from source_reconciliation"
        " where landed > 0"
    )
    assert landed == LANDED == bridged + quarantined + superseded
    # a deletion supersedes its record
    assert (quarantined, superseded) == (5, 3)
    assert is_balanced


def test_good_rows_around_bad_ones_have_parties_and_odd_keys_come_out_as_they_went_in(
    messy: Customer360,
) -> None:
    keys = {key for (key,) in messy.query("select source_key from bridge_party_source")}
    assert keys == {
        *("ok-1", "ok-2", "ok-3", "ok-4", "dup", "same", "huge", "🦊"),
        'a/b/"c"',
        'quote " and \nnewline',
    }
    assert len(messy.query("select * from resolve('files', 'a/b/\"c\"')")) == 1


def test_the_newest_delivery_of_a_key_wins(messy: Customer360) -> None:
    rows = messy.query(
        "select display_name from dim_party join resolve('files', 'dup') using (gpid)",
        restricted=True,
    )
    assert rows == [("New Name",)]


def test_unusable_rows_are_in_quarantine_with_payload_and_reason(messy: Customer360) -> None:
    rows = messy.query(
        "select source_system, payload, reason from quarantined_records", restricted=True
    )
    assert len(rows) == 5
    assert all(system == "files" and payload and reason for system, payload, reason in rows)
    found = "\n".join(f"{payload} {reason}" for _, payload, reason in rows)
    for part in ("No Key", "Blank Key", "bad-utf8", "Never Closed", "too,many"):
        assert part in found


def test_impossible_values_are_nulled_and_listed_not_guessed(messy: Customer360) -> None:
    rejected = set(
        messy.query("select source_key, column_name, value from rejected_values", restricted=True)
    )
    assert ("files/main/party/ok-3", "updated_at", "2999-01-01") in rejected
    assert ("ok-2", "birth_date", "2024-02-31") in rejected
    ((birth_date,),) = messy.query(
        "select birth_date from dim_party join resolve('files', 'ok-2') using (gpid)",
        restricted=True,
    )
    assert birth_date is None


def failure(project: Customer360) -> str:
    result = project.dbt("build", variables=FILES_ONLY)
    assert not result.success
    return str(result.exception)


def test_a_missing_landing_folder_is_named(fresh: Customer360, tmp_path: Path) -> None:
    project = Customer360(tmp_path / "nowhere", fresh.home, fresh.scratch)
    message = failure(project)
    assert "nowhere" in message
    assert "CUSTOMER360_LANDING" in message


def test_a_missing_file_is_named_with_its_adapter(fresh: Customer360) -> None:
    (fresh.landing / "files" / "party_record_old.txt").write_text("")
    message = failure(fresh)
    assert "files" in message
    assert "party_records" in message


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("full_name,birth_date", "source_key"),
        ("source_key,full_nmae", "full_nmae"),
        ("source_key,full_name,full_name", "full_name"),
    ],
    ids=["missing key column", "unknown column", "column twice"],
)
def test_a_wrong_header_is_an_error_that_names_the_column(
    fresh: Customer360, header: str, named: str
) -> None:
    (fresh.landing / "files" / "party_records.csv").write_text(header + "\n")
    assert named in failure(fresh)


@pytest.mark.parametrize("content", ["", "source_key,full_name\n"], ids=["empty", "header only"])
def test_an_empty_file_is_an_empty_world(fresh: Customer360, content: str) -> None:
    (fresh.landing / "files" / "party_records.csv").write_text(content)
    fresh.run(variables=FILES_ONLY)
    assert fresh.query("select count(*) from dim_party") == [(0,)]
