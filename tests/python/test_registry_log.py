"""The registry, its log, and the checks before a build goes on from them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from customer360 import build_lock, registry, registry_checks, registry_log, restore
from customer360.keys import IdKey
from customer360.registry import RegistryError

KEY = IdKey(b"a key of at least thirty-two characters")


@contextmanager
def opened(home: Path, key: IdKey = KEY) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a build does before its first model."""
    home.mkdir(exist_ok=True)
    registry_checks.check_files(home)
    with duckdb.connect() as con:
        registry.attach(con, home)
        registry_checks.check_registry(con, home, key)
        registry_log.append(con, home, run_id="start")
        yield con


def commit(con: duckdb.DuckDBPyConnection, events: int = 3) -> int:
    """Append a commit, as gpid_events.sql does."""
    number = registry.last_commit(con) + 1
    con.execute(
        "insert into registry.main.gpid_events select ?, i, timestamp '2026-01-01' + to_days(?),"
        " 'run ' || ?, 'dbt build', 'moved', 'P' || i, null, 'files/main/party/' || i, 'person',"
        " 'new record' from range(1, ? + 1) as r(i)",
        [number, number, number, events],
    )
    return number


def content(home: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect() as con:
        con.execute(f"attach '{home / 'registry.duckdb'}' as registry (read_only)")
        return {
            table: con.execute(f"from registry.main.{table} order by all").fetchall()
            for table in registry.row_counts(con)
        }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with three commits and a row in most tables, all of it logged."""
    home = tmp_path / "home"
    with opened(home) as con:
        commit(con)
        registry_log.append(con, home, run_id="run 1")
        con.execute(
            "insert into registry.main.release_frequencies values"
            " ('release-1', 'person', 'name', 'tanaka', 0.1), ('release-1', 'person', 'name', null,"
            " 0.001)"
        )
        commit(con, events=5)
        registry_log.append(con, home, run_id="run 2")
        commit(con)
        registry_log.append(con, home, run_id="run 3")
    return home


def entry_names(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "registry_log").iterdir())


def test_nothing_new_is_not_logged(home: Path) -> None:
    before = entry_names(home)
    with opened(home) as con:
        assert registry_log.append(con, home, run_id="again") == {}
    assert entry_names(home) == before == ["000001", "000002", "000003", "000004"]


def test_the_log_restores_every_row(home: Path) -> None:
    before = content(home)
    (home / "registry.duckdb").unlink()
    restored = restore.restore(home)
    assert restored is not None
    assert (restored.entries, restored.last_commit, restored.former) == (4, 3, None)
    assert content(home) == before
    assert restored.rows == {table: len(rows) for table, rows in before.items()}
    assert not list(home.glob("registry.duckdb.*"))
    # and it goes on from there
    with opened(home) as con:
        assert commit(con) == 4
        assert registry_log.append(con, home, run_id="run 4") == {"gpid_events": 3}


def test_a_restored_registry_and_the_first_one_grow_the_same_log(
    home: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(home, twin)
    (twin / "registry.duckdb").unlink()
    restore.restore(twin)
    for place in (home, twin):
        with opened(place) as con:
            commit(con, events=7)
            registry_log.append(con, place, run_id="run 4")
        (place / "registry.duckdb").unlink()
        restore.restore(place)
    assert content(twin) == content(home)


def test_what_was_committed_and_not_logged_is_logged_by_the_next_build(home: Path) -> None:
    with duckdb.connect() as con:
        registry.attach(con, home)
        commit(con)
    with opened(home):
        pass
    assert entry_names(home)[-1] == "000005"
    before = content(home)
    (home / "registry.duckdb").unlink()
    restore.restore(home)
    assert content(home) == before


def test_a_half_written_entry_is_no_entry(home: Path) -> None:
    half = home / "registry_log" / ".000005.new"
    half.mkdir()
    (half / "gpid_events.parquet").write_bytes(b"half")
    before = content(home)
    (home / "registry.duckdb").unlink()
    restore.restore(home)
    assert content(home) == before
    with opened(home) as con:
        commit(con)
        registry_log.append(con, home, run_id="run 4")
    assert entry_names(home) == ["000001", "000002", "000003", "000004", "000005"]


def test_a_lost_log_is_written_again_from_the_registry(home: Path) -> None:
    before = content(home)
    shutil.rmtree(home / "registry_log")
    with opened(home):
        pass
    (home / "registry.duckdb").unlink()
    restore.restore(home)
    assert content(home) == before


def stops(home: Path, key: IdKey = KEY) -> str:
    with pytest.raises(RegistryError) as caught, opened(home, key):
        pass
    return str(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_torn_file_stops_a_build_and_is_restored(home: Path, share: float) -> None:
    before = content(home)
    file = home / "registry.duckdb"
    os.truncate(file, int(file.stat().st_size * share))
    assert "is torn, or no DuckDB file. `make restore`" in stops(home)
    restored = restore.restore(home)
    assert restored is not None and restored.former is not None and restored.former.exists()
    assert content(home) == before


def test_a_damaged_block_stops_a_build_unless_nothing_is_in_it(home: Path) -> None:
    with duckdb.connect() as con:
        registry.attach(con, home)
        commit(con, events=200_000)
        registry_log.append(con, home, run_id="run 4")
    before = content(home)
    file = home / "registry.duckdb"
    whole = file.read_bytes()
    stopped = 0
    for at in range(12_288 + 5_000, len(whole), 262_144):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        try:
            with opened(home):
                pass
        except RegistryError as error:
            assert "is torn" in str(error)
            stopped += 1
        else:
            assert content(home) == before
    assert stopped > 5
    restore.restore(home)
    assert content(home) == before


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("delete from gpid_events where commit_number = 2", "commit 2 is missing"),
        ("delete from gpid_events where commit_number = 1", "commit 1 is missing"),
        (
            "delete from gpid_events where commit_number = 2 and event_number = 3",
            "commit 2 has 4 events, numbered up to 5",
        ),
        (
            "delete from gpid_events where commit_number = 3 and event_number = 3;"
            "insert into gpid_events from gpid_events where commit_number = 3 and event_number = 1",
            "commit 3 has 3 events, numbered up to 2",
        ),
        (
            "update gpid_events set event_number = 5 where commit_number = 2 and event_number = 4",
            "commit 2 has 5 events, numbered up to 5",
        ),
    ],
)
def test_a_gap_stops_a_build_and_is_restored(home: Path, damage: str, said: str) -> None:
    before = content(home)
    with duckdb.connect(str(home / "registry.duckdb")) as con:
        con.execute(damage)
    assert said in stops(home)
    assert restore.restore(home) is not None
    assert content(home) == before


def test_a_registry_from_yesterday_stops_a_build_and_is_restored(
    home: Path, tmp_path: Path
) -> None:
    yesterday = tmp_path / "yesterday.duckdb"
    shutil.copy(home / "registry.duckdb", yesterday)
    with opened(home) as con:
        commit(con)
        registry_log.append(con, home, run_id="run 4")
    before = content(home)
    shutil.copy(yesterday, home / "registry.duckdb")
    said = stops(home)
    assert "11 rows in gpid_events" in said and "has 14" in said and "make restore" in said
    assert restore.restore(home) is not None
    assert content(home) == before


def test_going_on_from_yesterday_on_purpose(home: Path, tmp_path: Path) -> None:
    yesterday = tmp_path / "yesterday.duckdb"
    shutil.copy(home / "registry.duckdb", yesterday)
    with opened(home) as con:
        commit(con)
        registry_log.append(con, home, run_id="run 4")
    shutil.copy(yesterday, home / "registry.duckdb")
    (home / "registry_log").rename(tmp_path / "moved")
    with opened(home) as con:
        assert commit(con) == 4


def test_a_registry_of_another_history_stops_a_build_and_is_not_overwritten(
    home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    with opened(other) as con:
        for _ in range(4):
            commit(con, events=6)
        con.execute("update registry.main.gpid_events set run_id = 'elsewhere'")
        con.execute(
            "insert into registry.main.release_frequencies"
            " select 'release-1', 'person', 'name', 'x', 0.5 from range(2)"
        )
    shutil.copy(other / "registry.duckdb", home / "registry.duckdb")
    assert "has another commit 3 than" in stops(home)
    with pytest.raises(RegistryError, match="of another history"):
        restore.restore(home)
    assert restore.restore(home, force=True) is not None
    with opened(home) as con:
        assert registry.last_commit(con) == 3


def test_a_lost_registry_beside_a_log_stops_a_build(home: Path) -> None:
    (home / "registry.duckdb").unlink()
    assert "registry.duckdb is missing" in stops(home)
    assert not (home / "registry.duckdb").exists()


def test_restore_leaves_a_registry_alone_that_has_what_the_log_has(home: Path) -> None:
    inode = (home / "registry.duckdb").stat().st_ino
    assert restore.restore(home) is None
    assert (home / "registry.duckdb").stat().st_ino == inode


def test_restore_does_not_drop_what_the_log_does_not_have_yet(home: Path) -> None:
    with duckdb.connect() as con:
        registry.attach(con, home)
        commit(con)
    with pytest.raises(RegistryError, match="rows in gpid_events that the log has not"):
        restore.restore(home)
    assert restore.restore(home, force=True) is not None


@pytest.mark.parametrize("name", ["000003", "000001"])
def test_a_log_with_a_hole_restores_nothing(home: Path, name: str) -> None:
    before = content(home)
    shutil.rmtree(home / "registry_log" / name)
    with pytest.raises(RegistryError, match=f"{name} is missing or damaged"):
        restore.restore(home, force=True)
    assert content(home) == before


def test_a_changed_file_in_the_log_restores_nothing(home: Path) -> None:
    file = home / "registry_log" / "000003" / "gpid_events.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(RegistryError, match=r"gpid_events\.parquet is missing or damaged"):
        restore.restore(home, force=True)


def test_a_damaged_last_entry_stops_a_build(home: Path) -> None:
    file = home / "registry_log" / "000004" / "entry.json"
    file.write_text(file.read_text("utf-8")[:40], "utf-8")
    assert "move the folder registry_log away" in stops(home)
    shutil.rmtree(home / "registry_log")
    with opened(home):
        pass


def test_a_log_of_too_few_rows_restores_nothing(home: Path) -> None:
    file = home / "registry_log" / "000003" / "entry.json"
    said = json.loads(file.read_text("utf-8"))
    said["rows"]["gpid_events"] += 1
    file.write_text(json.dumps(said), "utf-8")
    with pytest.raises(RegistryError, match="8 rows up to here, but 9 were logged"):
        restore.restore(home, force=True)


def test_another_key_than_the_one_that_minted_stops_a_build(home: Path) -> None:
    other = IdKey(b"another key of thirty-two characters or more")
    said = stops(home, other)
    assert "another id key" in said
    assert KEY.fingerprint() not in said and other.fingerprint() not in said
    with opened(home):
        pass


def test_the_key_may_change_until_something_was_minted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    other = IdKey(b"another key of thirty-two characters or more")
    with opened(home):
        pass
    with opened(home, other) as con:
        commit(con)
    assert "another id key" in stops(home)


def test_the_key_is_nowhere_in_the_files(home: Path) -> None:
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 6
    for path in files:
        assert KEY.secret not in path.read_bytes(), path
    assert KEY.fingerprint().encode() in (home / "registry.duckdb").read_bytes()


def test_a_registry_that_somebody_has_open_is_not_called_torn(home: Path) -> None:
    with another_process(home / "registry.duckdb"):
        assert "is open in another program" in stops(home)
        with pytest.raises(RegistryError, match="is open in another program"):
            restore.restore(home)


def publication(home: Path, commit_number: int) -> Path:
    (home / "published").mkdir()
    file = home / "published" / "customer360.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute(f"create table build_info as select {commit_number} as commit_number")
    return file


def test_a_registry_older_than_the_publication_stops_a_build(home: Path) -> None:
    publication(home, 4)
    shutil.rmtree(home / "registry_log")
    assert "older copy" in stops(home)


def test_a_client_that_opened_the_publication_for_writing_does_not_stop_a_build(home: Path) -> None:
    with another_process(publication(home, 3)), opened(home) as con:
        assert commit(con) == 4


@contextmanager
def another_process(file: Path) -> Iterator[None]:
    """Another process that has a database file open for writing."""
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]);"
        " con.execute('create table t (i int)'); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        yield
        process.kill()


def killed_in_a_commit(home: Path, events: int) -> bytes:
    """Leave the registry as SIGKILL does after a commit: the rows are in DuckDB's own log."""
    code = (
        "import sys, os, signal; from pathlib import Path; import duckdb;"
        "from customer360 import registry; from tests.python.test_registry_log import commit;"
        "con = duckdb.connect(); registry.attach(con, Path(sys.argv[1]));"
        "commit(con, int(sys.argv[2])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = subprocess.run([sys.executable, "-c", code, str(home), str(events)], check=False)
    assert process.returncode == -9
    return (home / "registry.duckdb.wal").read_bytes()


def test_a_commit_that_was_cut_short_is_there_or_not_there(home: Path, tmp_path: Path) -> None:
    before = content(home)["gpid_events"]
    written = killed_in_a_commit(home, events=400)
    copies = 0
    for length in sorted({*range(0, len(written), len(written) // 25), len(written) - 1}):
        copy = tmp_path / f"cut_{length}"
        shutil.copytree(home, copy)
        (copy / "registry.duckdb.wal").write_bytes(written[:length])
        with opened(copy) as con:
            assert registry.last_commit(con) == 3
        assert content(copy)["gpid_events"] == before
        copies += 1
    assert copies > 20
    with opened(home) as con:
        assert registry.last_commit(con) == 4
    assert len(content(home)["gpid_events"]) == len(before) + 400


def test_a_commit_that_is_lost_after_it_was_logged_stops_a_build(home: Path) -> None:
    with duckdb.connect() as con:
        registry.attach(con, home)
        commit(con)
    whole = content(home)
    with opened(home):
        pass
    with duckdb.connect(str(home / "registry.duckdb")) as con:
        con.execute("delete from gpid_events where commit_number = 4")
    assert "older copy" in stops(home)
    restore.restore(home)
    assert content(home) == whole


def test_a_wal_of_another_file_stops_a_build_and_is_restored(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with opened(other) as con:
        commit(con)
    killed_in_a_commit(other, events=4)
    before = content(home)
    shutil.copy(other / "registry.duckdb.wal", home / "registry.duckdb.wal")
    said = stops(home)
    assert "registry.duckdb.wal is damaged, or is that of another file" in said
    restored = restore.restore(home)
    assert restored is not None and restored.former is not None
    assert not (home / "registry.duckdb.wal").exists()
    assert content(home) == before


@pytest.mark.parametrize("damage", ["torn", "stale wal"])
def test_a_warehouse_that_cannot_be_opened_says_so(home: Path, tmp_path: Path, damage: str) -> None:
    warehouse = home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute("create table t as from range(100000)")
    if damage == "torn":
        os.truncate(warehouse, 20_000)
    else:
        killed_in_a_commit(home, events=4)
        shutil.copy(home / "registry.duckdb.wal", home / "warehouse.duckdb.wal")
    with pytest.raises(registry_checks.WarehouseError, match="Delete both and build"):
        registry_checks.check_files(home)


def hold(home: Path, *, wait_seconds: float, told: list[str]) -> None:
    build_lock.hold(home, wait_seconds=wait_seconds, tell=told.append)


@contextmanager
def a_build_at_work(home: Path) -> Iterator[subprocess.Popen[str]]:
    code = (
        "import sys; from pathlib import Path; from customer360 import build_lock;"
        "build_lock.hold(Path(sys.argv[1]), wait_seconds=0, tell=print);"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_build_says_who_is_at_work(home: Path) -> None:
    told: list[str] = []
    with a_build_at_work(home) as process:
        with pytest.raises(build_lock.BuildLockError) as caught:
            hold(home, wait_seconds=0.3, told=told)
        assert str(caught.value).startswith(f"process {process.pid}, since 20")
        assert len(told) == 1 and "waiting up to 0.3 seconds" in told[0]
        with pytest.raises(build_lock.BuildLockError):
            restore.restore(home)


@pytest.mark.parametrize("end", [subprocess.Popen.kill, lambda p: p.stdin.close()])
def test_a_second_build_goes_on_when_the_first_ends_or_is_killed(
    home: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    told: list[str] = []
    with a_build_at_work(home) as process:
        end(process)
        hold(home, wait_seconds=30, told=told)
        hold(home, wait_seconds=0, told=told)
        build_lock.release(home)
    with a_build_at_work(home):
        pass
