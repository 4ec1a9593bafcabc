"""A source that delivers changes keeps its customers, its ids and its accounts."""

import io
import shutil
from pathlib import Path

from rich.console import Console

from customer360_dbt.dry_run import scratch_home, settings_of
from tests.project.builds import FILES_ONLY, WITHOUT_TESTS, Customer360, explain

CHANGES = {**FILES_ONLY, "deliveries": {"default": "snapshot", "files": "changes"}}
HEADER = "source_key,full_name,birth_date,emails,updated_at,is_deleted\n"
OTHERS = 30
DAY_1 = HEADER + "".join(
    f"{n},Person Number{n},19{40 + n}-02-03,person{n}@example.com,2026-01-01,\n"
    for n in range(1, OTHERS + 4)
)
# two changed rows and a tombstone that has nothing but its key
DAY_2 = HEADER + (
    "1,Person Married1,1941-02-03,person1@example.com,2026-01-02,\n"
    "2,Person Number2,1942-02-03,moved2@example.com,2026-01-02,\n"
    "3,,,,,true\n"
)


def names(project: Customer360) -> dict[str, str]:
    return dict(
        project.query(
            "select source_key, display_name from bridge_party_source"
            " join dim_party using (gpid) where is_current",
            restricted=True,
        )
    )


def test_a_small_delivery_of_changes_leaves_the_others_as_they_are(fresh: Customer360) -> None:
    file = fresh.landing / "files" / "party_records.csv"
    file.write_text(DAY_1, "utf-8")
    fresh.run(variables=CHANGES)
    first = fresh.holders()
    assert len(first) == OTHERS + 3

    file.write_text(DAY_2, "utf-8")
    fresh.run(variables=CHANGES)
    second = fresh.holders()
    assert second == {key: gpid for key, gpid in first.items() if not key.endswith("/3")}
    assert names(fresh)["1"] == "Person Married1"
    assert fresh.query(
        "select landed, accepted, quarantined, superseded, deleted, bridged, is_balanced"
        " from source_reconciliation where landed > 0"
    ) == [(OTHERS + 6, OTHERS + 2, 0, 4, 1, OTHERS + 2, True)]

    # the same file again, as a loader that found nothing new writes it
    file.write_text(DAY_2, "utf-8")
    result = fresh.dbt("build", *WITHOUT_TESTS, variables=CHANGES)
    assert result.success, explain(result)
    models = [node for node in result.result if node.node.resource_type in ("model", "seed")]
    assert {node.message for node in models} == {"AS IT IS"}

    # without what was delivered before, the source has lost nearly all of its records
    shutil.move(fresh.home / "deliveries", fresh.scratch / "deliveries")
    result = fresh.dbt("build", *WITHOUT_TESTS, variables=CHANGES)
    assert not result.success
    assert "max_lost_share" in explain(result)
    shutil.rmtree(fresh.home / "deliveries")
    shutil.move(fresh.scratch / "deliveries", fresh.home / "deliveries")

    lost = {"override_gates": {"max_lost_share": "a snapshot of two"}}
    fresh.run(variables={**FILES_ONLY, **lost})
    assert set(fresh.holders()) == {"files/main/party/1", "files/main/party/2"}


def test_a_dry_run_has_the_kept_deliveries_and_adds_to_its_copy_only(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "deliveries" / "files" / "main" / "party_records"
    folder.mkdir(parents=True)
    (folder / "kept.csv").write_text(DAY_1, "utf-8")
    with scratch_home(tmp_path / "home", settings_of({}), Console(file=io.StringIO())) as scratch:
        copied = scratch / folder.relative_to(tmp_path / "home")
        assert (copied / "kept.csv").read_text("utf-8") == DAY_1
        (copied / "kept.csv").write_text(DAY_2, "utf-8")
        (copied / "new.csv").write_text(DAY_2, "utf-8")
    assert [path.name for path in folder.iterdir()] == ["kept.csv"]
    assert (folder / "kept.csv").read_text("utf-8") == DAY_1
