"""Deliveries of changes are kept, once each and as a whole, and count in the order of delivery."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from customer360.landing import Deliveries, Delivery, catalog

COLUMNS = {"Id": "varchar", "Name": "varchar", "Changed": "timestamp", "Gone": "boolean"}
EVERYTHING = "Id,Name,Changed\n1,Ann,2026-10-01\n2,Bob,2026-10-01\n3,Cy,2026-10-01\n"


@pytest.fixture
def crm(shop: Any) -> Any:
    """A system whose object `contact` is delivered as changes."""
    shop.declare(
        "crm",
        {"contact": COLUMNS},
        contact={"key": ["Id"], "latest_by": ["Changed"], "deleted": "Gone"},
    )
    shop.kinds = {"default": Delivery.SNAPSHOT, "crm": Delivery.CHANGES}
    return shop


def deliver(shop: Any, content: str, day: int, name: str = "crm/contact.csv") -> Path:
    """What a loader writes on a day of November, over what it wrote before."""
    path: Path = shop.deliver(name, content)
    moment = datetime(2026, 11, day, 6, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


def kept(shop: Any, instance: str = "main") -> list[Path]:
    return sorted((shop.home / "deliveries" / "crm" / instance / "contact").iterdir())


def people(shop: Any) -> dict[str, str]:
    return dict(
        shop.rows(
            "select Id, Name from landing.crm__contact"
            " where _status = 'accepted' and not _is_deleted"
        )
    )


def test_what_was_delivered_before_stays_until_its_tombstone(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    crm.prepare()
    deliver(crm, "Id,Name,Changed,Gone\n2,Bobby,2026-11-02,\n3,,,true\n4,Di,2026-11-02,\n", 2)
    crm.prepare()
    assert people(crm) == {"1": "Ann", "2": "Bobby", "4": "Di"}
    assert crm.counts() == (6, 4, 0, 2)
    assert crm.rows("select landed, accepted, superseded, deleted from landing.row_counts") == [
        (6, 4, 2, 1)
    ]
    (crm.landing / "crm" / "contact.csv").unlink()
    crm.prepare()
    assert people(crm) == {"1": "Ann", "2": "Bobby", "4": "Di"}, "a day without changes"
    crm.kinds = {"default": Delivery.SNAPSHOT}
    deliver(crm, "Id,Name\n2,Bobby\n", 2)
    crm.prepare()
    assert people(crm) == {"2": "Bobby"}


def test_a_file_that_lies_there_or_was_touched_is_one_delivery(crm: Any) -> None:
    path = deliver(crm, EVERYTHING, 1)
    crm.prepare()
    before = [(each, each.stat().st_mtime_ns) for each in kept(crm)]
    crm.prepare()
    deliver(crm, EVERYTHING, 5)
    crm.prepare()
    assert [(each, each.stat().st_mtime_ns) for each in kept(crm)] == before
    [copy] = kept(crm)
    assert copy.read_bytes() == path.read_bytes()
    assert copy.name.startswith("20261101T060000.000000000_20261101T060000.000000000_contact_")
    assert copy.suffix == ".csv"


def test_a_value_that_changes_back_under_the_same_name_is_a_delivery_again(crm: Any) -> None:
    for day, name in enumerate(("Ann", "Anna", "Ann"), start=1):
        deliver(crm, f"Id,Name\n1,{name}\n", day)
        crm.prepare()
        assert people(crm) == {"1": name}
    assert len(kept(crm)) == 3


def test_deliveries_count_by_the_date_in_their_names_not_as_they_arrive(crm: Any) -> None:
    deliver(crm, "Id,Name\n1,first\n2,first\n", 1, "crm/contact_2026-10-01.csv")
    deliver(crm, "Id,Name\n1,third\n", 3, "crm/contact_2026-10-03.csv")
    crm.prepare()
    deliver(crm, "Id,Name\n1,second\n2,second\n", 4, "crm/contact_2026-10-02.csv")
    crm.prepare()
    assert people(crm) == {"1": "third", "2": "second"}
    # what was exported again under its date replaces what was exported first
    deliver(crm, "Id,Name\n1,corrected\n", 5, "crm/contact_2026-10-03.csv")
    crm.prepare()
    assert people(crm) == {"1": "corrected", "2": "second"}


def test_a_row_older_than_one_delivered_before_it_comes_late(crm: Any) -> None:
    deliver(crm, "Id,Name,Changed\n1,new,2026-10-09\n2,only,2026-10-09\n", 1)
    crm.prepare()
    deliver(crm, "Id,Name,Changed,Gone\n1,late,2026-10-08,\n2,,2026-10-08,true\n", 2)
    crm.prepare()
    assert people(crm) == {"1": "new", "2": "only"}
    # as new as what was delivered before, and delivered later
    deliver(crm, "Id,Name,Changed,Gone\n1,same moment,2026-10-09,\n2,,,true\n", 3)
    crm.prepare()
    assert people(crm) == {"1": "same moment"}
    deliver(crm, "Id,Name,Changed,Gone\n2,back,2026-10-09,\n", 4)
    crm.prepare()
    assert people(crm) == {"1": "same moment", "2": "back"}


def test_the_last_row_of_a_key_in_a_file_counts_when_nothing_else_says(crm: Any) -> None:
    deliver(crm, "Id,Name\n1,a\n1,c\n1,b\n", 1)
    crm.prepare()
    assert people(crm) == {"1": "b"}


def test_a_version_that_a_loader_ended_is_a_tombstone(crm: Any) -> None:
    header = "Id,Name,_fivetran_active,_fivetran_synced\n"
    deliver(crm, f"{header}1,Ann,true,2026-11-01\n2,Bob,true,2026-11-01\n", 1)
    crm.prepare()
    ended = "1,Anna,true,2026-11-02\n1,Ann,false,2026-11-02\n2,Bob,false,2026-11-02\n"
    deliver(crm, header + ended, 2)
    crm.prepare()
    assert people(crm) == {"1": "Anna"}


def test_a_loader_may_go_over_to_parquet_and_to_other_columns(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    crm.prepare()
    deliver(crm, "Name,Id\nBobby,2\n", 2)
    crm.prepare()
    (crm.landing / "crm" / "contact.csv").unlink()
    for day, query in ((3, "select 3 as id, 'Cyd' as name"), (4, "select 5 as id, 'Ed' as name")):
        path = crm.deliver_parquet("crm/contact.parquet", query)
        moment = datetime(2026, 11, day, tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        crm.prepare()
    assert people(crm) == {"1": "Ann", "2": "Bobby", "3": "Cyd", "5": "Ed"}
    assert crm.counts() == (6, 4, 0, 2)
    files = crm.rows("select distinct _file from landing.crm__contact order by all")
    assert [f"{crm.home}/{name}" for (name,) in files] == [str(path) for path in kept(crm)]


def test_damaged_rows_of_former_deliveries_stay_in_quarantine(crm: Any) -> None:
    deliver(crm, 'Id,Name\n1,"open\n2,Bob\n', 1)
    crm.prepare()
    deliver(crm, "Id,Name\n3,Cy\n", 2)
    crm.prepare()
    assert people(crm) == {"2": "Bob", "3": "Cy"}
    assert crm.counts() == (3, 2, 1, 0)
    assert crm.rows("select row_number, payload from landing.quarantined_rows") == [(1, '1,"open')]


def test_instances_may_deliver_in_different_ways(crm: Any) -> None:
    crm.instances = {"crm": ["jp", "us"]}
    crm.kinds = {"default": Delivery.CHANGES, "crm/us": Delivery.SNAPSHOT}
    for day, content in enumerate(("Id,Name\n1,a\n2,a\n", "Id,Name\n2,b\n"), start=1):
        deliver(crm, content, day, "crm/jp/contact.csv")
        deliver(crm, content, day, "crm/us/contact.csv")
        crm.prepare()
    rows = "select _instance, Id, Name from landing.crm__contact where _status = 'accepted'"
    assert crm.rows(f"{rows} order by all") == [
        ("jp", "1", "a"),
        ("jp", "2", "b"),
        ("us", "2", "b"),
    ]
    assert len(kept(crm, "jp")) == 2
    assert not (crm.home / "deliveries" / "crm" / "us").exists()


def test_the_closest_entry_says_how_a_source_delivers() -> None:
    how = Deliveries(
        Path("home"),
        {
            "default": Delivery.SNAPSHOT,
            "crm": Delivery.CHANGES,
            "crm/us": Delivery.SNAPSHOT,
            "crm/us/contact": Delivery.CHANGES,
        },
    )
    assert how.are_changes(("crm", "jp", "contact"))
    assert not how.are_changes(("crm", "us", "lead"))
    assert how.are_changes(("crm", "us", "contact"))
    assert not how.are_changes(("web", "main", "user"))


KILLED = """
import os, signal, sys
from pathlib import Path

from customer360.landing import deliveries
from customer360.landing.files import files_of

landing, folder = map(Path, sys.argv[1:])
# the copy is half written when the process dies
deliveries.sync = lambda copy: (os.truncate(copy, 20), os.kill(os.getpid(), signal.SIGKILL))
folder.mkdir(parents=True)
found = files_of(landing / "crm", "contact", landing=landing)
deliveries.keep(found, folder, landing_folder=landing / "crm")
"""


def test_a_crash_leaves_no_half_file_and_the_next_build_keeps_it_whole(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    folder = crm.home / "deliveries" / "crm" / "main" / "contact"
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(crm.landing), str(folder)], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    [half] = kept(crm)
    assert half.stat().st_size == 20
    assert half.name.startswith(".")
    (crm.landing / "crm" / "contact.csv").rename(crm.landing / "crm" / "contact_2026-11-01.csv")
    crm.prepare()
    [copy] = kept(crm)
    assert copy.read_text() == EVERYTHING
    assert people(crm) == {"1": "Ann", "2": "Bob", "3": "Cy"}


def test_a_file_that_cannot_be_read_is_not_kept(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    crm.prepare()
    deliver(crm, "Id,Id\n2,2\n", 2)
    [problem] = crm.problems()
    assert "names a column twice" in problem
    assert len(kept(crm)) == 1
    deliver(crm, "Id,Name\n2,Bobby\n", 3)
    crm.prepare()
    assert people(crm) == {"1": "Ann", "2": "Bobby", "3": "Cy"}


def test_a_kept_folder_that_cannot_be_written_is_named(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    crm.home.mkdir()
    (crm.home / "deliveries").write_text("in the way")
    [problem] = crm.problems()
    assert problem.startswith("crm/main/contact: its deliveries cannot be kept in ")


def test_nothing_delivered_yet_is_a_missing_file(crm: Any) -> None:
    [problem] = crm.problems()
    assert problem.startswith("crm/main/contact: there is no file ")


def test_an_entry_about_an_object_that_there_is_not_is_named(crm: Any) -> None:
    crm.kinds["crm/main/contract"] = Delivery.CHANGES
    deliver(crm, EVERYTHING, 1)
    assert crm.problems() == (
        "the variable deliveries names crm/main/contract, but crm has no object 'contract'; "
        "its objects: contact",
    )


def test_long_names_and_folders_of_parts_are_kept(crm: Any) -> None:
    long = "部" * 70
    deliver(crm, "Id,Name\n1,a\n", 1, f"crm/contact/{long}.csv")
    deliver(crm, "Id,Name\n2,a\n", 1, "crm/contact/2026/part-1.csv")
    deliver(crm, "Id,Name\n3,a\n", 1, "crm/contact/2026/part-2.csv")
    crm.prepare()
    crm.prepare()
    assert len(kept(crm)) == 3
    assert set(people(crm)) == {"1", "2", "3"}


def test_the_files_that_the_views_read_are_told(crm: Any) -> None:
    deliver(crm, EVERYTHING, 1)
    crm.prepare()
    deliver(crm, "Id\n9\n", 2)
    told = catalog.prepare(
        crm.con,
        landing=crm.landing,
        project=crm.project,
        systems=["crm"],
        instances={},
        deliveries=Deliveries(crm.home, crm.kinds),
    )
    assert [Path(path) for path, _, _ in told] == kept(crm)
    assert len(told) == 2
