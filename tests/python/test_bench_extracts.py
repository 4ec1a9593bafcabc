"""The extracts for measuring scale: the same every time, truthful, and what they promise to be."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from bench import extracts, processes, scale
from bench.extracts import SHARED_ADDRESS, Changes
from customer360 import landing

PROJECT = Path(__file__).parents[2]
RECORDS = 2_000

# object → (key column, start of the record keys)
PARTY_OBJECTS = {
    "sales_cloud/Contact": ("Id", "sales_cloud/main/contact/"),
    "service_cloud/Account": ("Id", "service_cloud/main/account/"),
    "commerce_cloud/customers": ("customerNo", "commerce_cloud/main/customer/"),
    "marketing_cloud/Contacts": ("SubscriberKey", "marketing_cloud/main/contact/"),
    "marketing_cloud/_Subscribers": ("SubscriberKey", "marketing_cloud/main/subscriber/"),
}


@pytest.fixture(scope="module", autouse=True)
def _small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extracts, "_PART_HOUSEHOLDS", 200)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("extracts")
    extracts.write(place, records=RECORDS)
    return place


@pytest.fixture(scope="module")
def changed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("changed") / "folder"
    shutil.copytree(folder, place)
    extracts.deliver_changes(place, records=RECORDS, changes=Changes(400))
    return place


def rows(folder: Path, path: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return duckdb.sql(
        f"select {columns} from read_parquet('{folder / 'landing' / path}/*.parquet')"
    ).fetchall()


def truth(folder: Path) -> dict[str, str]:
    return dict(
        duckdb.sql(f"from read_parquet('{folder / extracts.TRUTH_FOLDER}/*.parquet')").fetchall()
    )


def live_keys(folder: Path) -> list[str]:
    found = []
    for path, (key, start) in PARTY_OBJECTS.items():
        is_live = "not IsDeleted" if key == "Id" else "true"
        found += [start + k for k, live in rows(folder, path, f"{key}, {is_live}") if live]
    return found


def test_the_same_arguments_give_the_same_rows(folder: Path, tmp_path: Path) -> None:
    extracts.write(tmp_path, records=RECORDS)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*.parquet"))
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet"))
    for file in files:
        one, other = (
            duckdb.sql(f"from '{place / file}'").fetchall() for place in (folder, tmp_path)
        )
        assert one == other, file


def test_the_truth_names_the_delivered_records_once(folder: Path) -> None:
    keys = live_keys(folder)
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(truth(folder))


def test_there_are_about_as_many_records_and_facts_as_asked(folder: Path) -> None:
    parties = truth(folder)
    assert len(parties) == pytest.approx(RECORDS, rel=0.08)
    assert len(parties) / len(set(parties.values())) == pytest.approx(2.33, rel=0.05)
    facts = sum(
        len(rows(folder, path))
        for path in (
            *("commerce_cloud/orders", "commerce_cloud/baskets", "service_cloud/Case"),
            *("sales_cloud/Task", "marketing_cloud/_Sent", "marketing_cloud/_Open"),
            *("marketing_cloud/_Click", "marketing_cloud/_Bounce", "marketing_cloud/_Unsubscribe"),
        )
    )
    assert facts / len(parties) == pytest.approx(3, rel=0.12)


def test_people_share_homes_and_records_are_dirty_as_in_the_world_of_families(folder: Path) -> None:
    contacts = rows(
        folder,
        "sales_cloud/Contact",
        "count(*), count(Email) / count(*), count(Birthdate) / count(*),"
        " count(MailingStreet) / count(*), count(HomePhone) / count(*)",
    )
    count, email, birth, street, landline = contacts[0]
    assert count == pytest.approx(RECORDS * 0.27, rel=0.15)
    assert email == pytest.approx(0.70, abs=0.08)
    assert birth == pytest.approx(0.88, abs=0.06)
    assert street == pytest.approx(0.90, abs=0.05)
    assert landline == pytest.approx(0.36 * 0.54, abs=0.07)
    people = truth(folder)
    homes: dict[str, set[str]] = {}
    for key, phone in rows(folder, "sales_cloud/Contact", "Id, HomePhone"):
        if phone:
            digits = "".join(c for c in phone if c.isdigit())[-10:]
            homes.setdefault(digits, set()).add(people[f"sales_cloud/main/contact/{key}"])
    shared = sum(len(members) > 1 for members in homes.values())
    assert shared > len(homes) * 0.05
    mobiles: dict[str, set[str]] = {}
    for key, phone in rows(folder, "sales_cloud/Contact", "Id, MobilePhone"):
        digits = "".join(c for c in phone or "" if c.isdigit())[-10:]
        if digits.strip("09"):
            mobiles.setdefault(digits, set()).add(people[f"sales_cloud/main/contact/{key}"])
    assert max(len(owners) for owners in mobiles.values()) == 1


def test_a_mailbox_is_of_one_person_or_one_family(tmp_path: Path) -> None:
    with extracts._world(tmp_path, 20_000) as (con, _):
        [(addresses, distinct, numbered)] = con.execute(
            """
            with mailboxes as (
                select person * 4 as mailbox, first_mailbox as address from people
                union all
                select person * 4 + 1, second_mailbox from people where has_second_mailbox
                union all
                select household * 32 + 2, any_value(family_mailbox) from people
                where has_family_mailbox group by household
            )

            select count(*), count(distinct (address, number)), count(number)
            from mailboxes left join taken_mailboxes using (mailbox)
            """
        ).fetchall()
    assert numbered > 20
    assert addresses == distinct > 10_000


def test_the_adapters_take_every_row(folder: Path) -> None:
    con = duckdb.connect()
    landing.prepare(
        con,
        landing=folder / "landing",
        project=PROJECT,
        systems=extracts.SYSTEMS,
        instances={},
        deliveries=landing.Deliveries(folder, {"default": landing.Delivery.SNAPSHOT}),
    )
    [(accepted, quarantined, superseded)] = con.execute(
        "select sum(accepted), sum(quarantined), sum(superseded) from landing.row_counts"
    ).fetchall()
    assert accepted > 3 * RECORDS
    assert (quarantined, superseded) == (0, 0)
    assert con.execute("select count(*) from landing.invalid_values").fetchall() == [(0,)]


def test_a_later_delivery_changes_what_it_says_and_nothing_else(
    folder: Path, changed: Path
) -> None:
    before, after = set(truth(folder)), set(truth(changed))
    assert sorted(live_keys(changed)) == sorted(after)
    assert len(after - before) == pytest.approx(400 * 0.4, rel=0.35)
    assert len(before - after) == pytest.approx(400 * 0.1, rel=0.5)
    touched = 0
    for path, (key, _) in PARTY_OBJECTS.items():
        old = {row[0]: row for row in rows(folder, path, f"{key}, *")}
        new = {row[0]: row for row in rows(changed, path, f"{key}, *")}
        touched += sum(old[each] != new[each] for each in old.keys() & new.keys())
    # deleted rows of two systems stay, with a mark
    assert touched == pytest.approx(400 * 0.5 + 400 * 0.1 * 0.5, rel=0.3)
    old_orders = {row[0] for row in rows(folder, "commerce_cloud/orders", "orderNo")}
    new_orders = {row[0] for row in rows(changed, "commerce_cloud/orders", "orderNo")}
    assert 0 < len(new_orders - old_orders) < len(old_orders) * 0.4


def test_parts_without_changes_are_left_as_they_are(folder: Path, changed: Path) -> None:
    def parts(place: Path) -> dict[str, int]:
        contacts = place / "landing" / "sales_cloud" / "Contact"
        return {path.name: path.stat().st_mtime_ns for path in contacts.iterdir()}

    # copying keeps the times
    before, after = parts(folder), parts(changed)
    assert sorted(before) == ["part-0000.parquet", "part-0001.parquet"]
    assert sorted(after) == [*sorted(before), "part-0002.parquet"]
    assert [name for name in before if before[name] != after[name]] == ["part-0000.parquet"]


def test_more_changes_than_half_of_the_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="more than half"):
        extracts.deliver_changes(tmp_path, records=100, changes=Changes(51))


def test_more_people_than_telephone_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="need more telephone numbers"):
        extracts.write(tmp_path, records=20_000_000)


def test_a_crowd_shares_one_address_and_nothing_else(tmp_path: Path) -> None:
    extracts.write(tmp_path, records=RECORDS, shared_address=300)
    people = truth(tmp_path)
    crowd = [
        people[f"sales_cloud/main/contact/{key}"]
        for key, email in rows(tmp_path, "sales_cloud/Contact", "Id, Email")
        if (email or "").lower() == SHARED_ADDRESS
    ]
    assert len(crowd) == len(set(crowd)) == 300


def test_a_process_gives_its_value_and_its_peak() -> None:
    outcome = processes.run(eval, "len(b'x' * 400_000_000)")
    assert outcome.value == 400_000_000
    assert 0.37 < outcome.peak_gib < 4


def test_a_failure_in_a_process_is_told() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        processes.run(divmod, 1, 0)


@pytest.mark.long
def test_a_scale_run_measures_builds_and_peers(tmp_path: Path) -> None:
    result = scale.measure(
        tmp_path, Console(quiet=True), records=5_000, changed=200, is_first_build_only=False
    )
    first, later = result["first"], result["incremental"]
    assert first["records"] == pytest.approx(5_000, rel=0.05)
    assert first["facts"] == pytest.approx(15_000, rel=0.15)
    assert later["records"] > first["records"]
    assert result["openings"]["records"] == later["records"]
    assert result["openings"]["facts"] == later["facts"] + 200
    assert min(first["precision"], first["recall"], later["precision"], later["recall"]) > 0.95
    assert 0 < first["identity"] < first["seconds"]
    assert first["stages"]["identity: fit"] > 5 * result["refresh"]["stages"]["identity: fit"]
    assert result["splink trained"]["seconds"] > result["splink frozen"]["seconds"]
    assert result["splink trained"]["f1"] == pytest.approx(result["splink frozen"]["f1"], abs=0.01)
    assert all(ratio > 0 for ratio in result["ratios"].values())
