"""Whatever ends a build, the next one reaches the state of a build that nothing ended."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from customer360 import restore
from tests.project.builds import FILES_ONLY, PROJECT, Customer360
from tests.project.processes import SIGALRM, SIGKILL, BuildServer, State, build_server, state

HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address\n"
YESTERDAY = """\
1,John Doe,1980-02-03,john.doe@example.com,+12025550123,02139,12 Main Street
2,"Doe, John",1980-02-03,john.doe@example.com,,02139,12 Main St
3,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1
4,タナカタロウ,1975-05-01,,09012345678,1000001,
5,Mary Major,1990-10-10,mary@example.org,,94105,1 Elm Street
6,M. Smith,,m.smith@example.org,,94105,
"""
# 2 is now the key of somebody else, 5 is gone, 6 is Mary Smith, and 7 and 8 are new
TODAY = """\
1,John Doe,1980-02-03,john.doe@example.com,+12025550123,02139,12 Main Street
2,Peter Poe,1961-12-24,peter.poe@example.net,,60601,9 Lake Drive
3,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1
4,タナカタロウ,1975-05-01,,09012345678,1000001,
6,Mary Smith,1991-01-13,m.smith@example.org,+14155550100,94105,7 Oak Street
7,Mary Smith,1991-01-13,m.smith@example.org,+14155550100,94105,7 Oak St
8,Ann Other,1944-07-08,ann@example.com,,,
"""


@pytest.fixture(scope="module")
def server() -> Iterator[BuildServer]:
    with build_server(FILES_ONLY) as server:
        yield server


@pytest.fixture(scope="module")
def yesterday(server: BuildServer, tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """A project that was built yesterday; today's extract has landed since."""
    folder = tmp_path_factory.mktemp("crashes")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    extract = project.landing / "files" / "party_records.csv"
    extract.write_text(HEADER + YESTERDAY, "utf-8")
    build = server.start(project)
    assert build.wait() == 0, build.said()
    extract.write_text(HEADER + TODAY, "utf-8")
    return project


@pytest.fixture(scope="module")
def expected(
    server: BuildServer, yesterday: Customer360, tmp_path_factory: pytest.TempPathFactory
) -> State:
    """Yesterday's project after a build that nothing interrupted."""
    today = yesterday.copy_to(tmp_path_factory.mktemp("uninterrupted"))
    build(server, today)
    with duckdb.connect(str(today.home / "registry.duckdb"), read_only=True) as con:
        events = con.execute(
            "select distinct event_type from gpid_events where commit_number = 2 order by all"
        ).fetchall()
    assert [event for (event,) in events] == ["minted", "moved", "recycled", "retired"]
    return state(today)


def build(server: BuildServer, project: Customer360, *arguments: str, **how: Any) -> None:
    running = server.start(project, *arguments, **how)
    assert running.wait() == 0, running.said()


def assert_the_log_has_all(project: Customer360) -> None:
    """The registry that the log makes is the one that is there."""
    there = state(project)
    (project.home / "registry.duckdb").rename(project.home / "aside.duckdb")
    assert restore.restore(project.home) is not None
    assert state(project) == there


AROUND_THE_COMMIT = {
    "before the commit": {"start_of": "gpid_events"},
    "after the commit, before it is logged": {"start_of": "log_registry"},
    "logged but for the rename": {"rename_to": "000003"},
    "logged, not published": {"start_of": "publish"},
    "one published file is new": {"rename_to": "published/customer360.duckdb"},
}


def test_a_build_that_is_killed_after_its_commit_is_made_good_by_the_next(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    killed_and_built_again(
        server, yesterday.copy_to(tmp_path), expected, {"start_of": "log_registry"}
    )


@pytest.mark.long
@pytest.mark.parametrize("moment", AROUND_THE_COMMIT)
def test_a_build_that_is_killed_around_its_commit_is_made_good_by_the_next(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, moment: str
) -> None:
    killed_and_built_again(server, yesterday.copy_to(tmp_path), expected, AROUND_THE_COMMIT[moment])


def killed_and_built_again(
    server: BuildServer, project: Customer360, expected: State, death: dict[str, Any]
) -> None:
    assert server.build(project, death=death) in (SIGKILL, SIGALRM)
    build(server, project)
    assert state(project) == expected
    assert_the_log_has_all(project)


@pytest.mark.long
@pytest.mark.parametrize("milliseconds", [5, 20, 50, 80, 120])
def test_a_build_that_is_killed_inside_its_commit_is_made_good_by_the_next(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, milliseconds: int
) -> None:
    death = {"start_of": "gpid_events", "delay": milliseconds / 1000}
    killed_and_built_again(server, yesterday.copy_to(tmp_path), expected, death)


@pytest.mark.long
@pytest.mark.parametrize("first", [1, 2])
def test_builds_that_are_killed_after_every_model_come_to_the_same_in_the_end(
    yesterday: Customer360, expected: State, tmp_path: Path, first: int
) -> None:
    """Each build is killed two nodes after the one before it: at every odd node, or at every even.

    What one of them leaves half done, the next one finds; the last one nothing kills.
    """
    project = yesterday.copy_to(tmp_path)
    published = state(project)
    with build_server(FILES_ONLY) as server:
        for nodes in range(first, 1000, 2):
            code = server.build(project, death={"after_nodes": nodes})
            if code == 0:
                break
            assert code == SIGKILL
            assert_published_as(project, published, expected)
    assert nodes > 60
    assert state(project) == expected
    assert_the_log_has_all(project)


def assert_published_as(project: Customer360, *states: State) -> None:
    """Each published file is one of those, as a whole."""
    found = state(project)
    for file in ("customer360.duckdb", "customer360_restricted.duckdb"):
        tables = {name for name in found if name.startswith(f"{file}:")}
        assert any(
            tables == {n for n in wanted if n.startswith(f"{file}:")}
            and all(found[name] == wanted[name] for name in tables)
            for wanted in states
        )


@pytest.mark.long
def test_first_builds_that_are_killed_at_every_writer_of_the_registry_come_to_the_same(
    server: BuildServer, yesterday: Customer360, tmp_path: Path
) -> None:
    project = Customer360(tmp_path / "landing", tmp_path / "home", tmp_path / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(HEADER + YESTERDAY, "utf-8")
    nodes = manifest_nodes(yesterday)
    writers = [name for name, node in nodes.items() if node["database"] == "registry"]
    assert len(writers) > 4
    for name in [*writers, "log_registry", "publish"]:
        assert server.build(project, death={"start_of": name}) == SIGKILL
        assert not (project.home / "published" / "customer360.duckdb").exists()
    build(server, project)
    assert state(project) == state(yesterday)
    assert_the_log_has_all(project)


def manifest_nodes(project: Customer360) -> dict[str, dict[str, Any]]:
    manifest = json.loads((project.scratch / "target" / "manifest.json").read_text("utf-8"))
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


@pytest.mark.long
@pytest.mark.parametrize("folder", ["registry_log", "published"])
def test_builds_that_are_killed_at_every_step_in_a_folder_come_to_the_same(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, folder: str
) -> None:
    project = yesterday.copy_to(tmp_path)
    published = state(project)
    for touch in range(1, 1000):
        death = {"touches_of": f"{project.home.name}/{folder}", "touch": touch}
        code = server.build(project, death=death)
        if code == 0:
            break
        assert code == SIGKILL
        assert_published_as(project, published, expected)
    assert touch > 5
    assert state(project) == expected
    assert_the_log_has_all(project)


@pytest.mark.long
def test_builds_that_are_killed_while_they_publish_come_to_the_same(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    project = yesterday.copy_to(tmp_path)
    published = state(project)
    for milliseconds in (10, 50, 100, 150, 200, 300):
        code = server.build(project, death={"start_of": "publish", "delay": milliseconds / 1000})
        # a quick machine may be done by then
        assert code in (SIGALRM, 0)
        assert_published_as(project, published, expected)
    build(server, project)
    assert state(project) == expected


def test_of_two_builds_at_once_one_waits_or_says_who_is_at_work(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    project = yesterday.copy_to(tmp_path)
    first = server.start(project)
    lock = project.home / "build.lock"
    while f"process {first.pid}," not in lock.read_text("utf-8"):
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGSTOP)
    impatient = {**FILES_ONLY, "wait_for_other_build_seconds": 0}
    refused = server.start(project, "--vars", yaml.safe_dump(impatient))
    assert refused.wait() == 1
    assert f"process {first.pid}, since 20" in refused.said()
    assert "has not ended within 0 seconds" in refused.said()
    assert "Traceback" not in refused.said()
    second = server.start(project)
    while "waiting up to 600 seconds" not in second.said():
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGCONT)
    assert first.wait() == 0, first.said()
    assert second.wait() == 0, second.said()
    assert state(project) == expected


READER = """
import sys, time, duckdb
from pathlib import Path
file, stop, way = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
question = '''
    select max(commit_number), count(distinct gpid), count(*),
        (select count(*) from dim_party), (select count(*) from resolve('files', '1'))
    from bridge_party_source, build_info
    where is_current
'''
kept = duckdb.connect(file, read_only=way == 'reads')
if way == 'writes':
    kept.execute('create table notes as select 1 as i')
first = kept.execute(question).fetchall()
print('open', flush=True)
seen = set()
while not stop.exists():
    assert kept.execute(question).fetchall() == first, 'what was opened changed'
    if way == 'reads':
        with duckdb.connect(file.replace('360.', '360_restricted.'), read_only=True) as other:
            seen.update(other.execute(question).fetchall())
    time.sleep(0.02)
kept.close()
print(sorted(seen), flush=True)
"""


@contextmanager
def a_client(project: Customer360, way: str) -> Iterator[list[str]]:
    """A BI client that has a published file open all the time, and opens the other again and again.

    What it printed at its end is in the list afterwards.
    """
    stop = project.scratch / "stop"
    command = [sys.executable, "-c", READER, str(project.home / "published/customer360.duckdb")]
    printed: list[str] = []
    with subprocess.Popen(
        [*command, str(stop), way], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as client:
        assert client.stdout is not None and client.stdout.readline() == "open\n"
        try:
            yield printed
        finally:
            stop.touch()
            printed += client.stdout.readlines()
    assert client.returncode == 0, printed


@pytest.mark.long
def test_a_client_that_keeps_the_publication_open_reads_on_through_three_builds(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    project = Customer360(tmp_path / "landing", tmp_path / "home", tmp_path / "scratch")
    shutil.copytree(yesterday.home, project.home)
    shutil.copytree(yesterday.landing, project.landing)
    project.scratch.mkdir()
    extract = project.landing / "files" / "party_records.csv"
    with a_client(project, "reads") as printed:
        build(server, project)
        assert state(project) == expected
        for key in (9, 10):
            extract.write_text(extract.read_text("utf-8") + f"{key},Party {key},,,,,\n", "utf-8")
            build(server, project)
        time.sleep(0.5)
    # one line per publication: commit, parties, records, parties again, records of key 1
    seen = ast.literal_eval(printed[0])
    assert [row[0] for row in seen] == [1, 2, 3, 4]
    assert [row[2] for row in seen] == [6, 7, 8, 9]
    assert all(row[1] == row[3] and row[4] == 1 for row in seen)


@pytest.mark.long
def test_a_client_that_writes_to_the_publication_neither_stops_a_build_nor_harms_the_next_file(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    project = yesterday.copy_to(tmp_path)
    project.scratch.mkdir()
    with a_client(project, "writes"):
        assert (project.home / "published" / "customer360.duckdb.wal").exists()
        build(server, project)
        assert state(project) == expected
    assert state(project) == expected


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 MB: twice what a home and two new publications need."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128m", "customer360", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.long
def test_a_full_disk_harms_nothing(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, small_disk: Path
) -> None:
    """The disk fills up earlier or later in the build; with room again a plain build does it."""
    project = Customer360(yesterday.landing, small_disk / "home", tmp_path / "scratch")
    ends = set()
    for free_kilobytes in (0, 1_000, 6_000, 16_000):
        shutil.rmtree(project.home, ignore_errors=True)
        shutil.copytree(yesterday.home, project.home)
        published = state(project)
        ballast = small_disk / "ballast"
        free = shutil.disk_usage(small_disk).free
        ballast.write_bytes(bytes(max(free - free_kilobytes * 1024, 0)))
        running = server.start(project)
        code = running.wait()
        assert code in (0, 1)
        ends.add(code)
        if code:
            assert "space" in running.said().lower(), running.said()
        ballast.unlink()
        # not the registry: it may have its commit already
        assert_published_as(project, published, expected)
        build(server, project)
        assert state(project) == expected
        assert_the_log_has_all(project)
    assert ends == {0, 1}


@pytest.mark.long
@pytest.mark.parametrize("megabytes", [30, 120])
def test_a_build_with_little_memory_completes_or_harms_nothing(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, megabytes: int
) -> None:
    project = yesterday.copy_to(tmp_path)
    published = state(project)
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text("utf-8"))
    profiles["customer360"]["outputs"]["dev"]["settings"]["memory_limit"] = f"{megabytes}MB"
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profiles), "utf-8")
    running = server.start(project, profiles=tmp_path / "profiles")
    if running.wait() != 0:
        assert "Out of Memory" in running.said(), running.said()
        assert_published_as(project, published)
    build(server, project)
    assert state(project) == expected


@pytest.mark.long
def test_a_registry_from_yesterday_is_brought_back_and_the_build_goes_on(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path
) -> None:
    project = yesterday.copy_to(tmp_path)
    build(server, project)
    shutil.copy(yesterday.home / "registry.duckdb", project.home / "registry.duckdb")
    stopped = server.start(project)
    assert stopped.wait() == 1
    assert "the registry is an older copy" in stopped.said()
    assert "Traceback" not in stopped.said()
    environment = {**os.environ, "CUSTOMER360_HOME": str(project.home)}
    restored = subprocess.run(
        [sys.executable, "-m", "customer360.restore"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "up to commit 2" in restored.stdout
    build(server, project)
    assert state(project) == expected


@pytest.mark.long
@pytest.mark.parametrize("what", ["--full-refresh", "lost warehouse"])
def test_after_a_killed_build_nothing_else_has_to_be_there(
    server: BuildServer, yesterday: Customer360, expected: State, tmp_path: Path, what: str
) -> None:
    project = yesterday.copy_to(tmp_path)
    assert server.build(project, death={"start_of": "log_registry"}) == SIGKILL
    if what == "lost warehouse":
        for path in project.home.glob("warehouse.duckdb*"):
            path.unlink()
        build(server, project)
    else:
        build(server, project, what)
    assert state(project) == expected
