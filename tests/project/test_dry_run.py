"""make diff changes nothing and says what would; make train fits and puts nothing in force."""

import gc
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from customer360 import build_lock, registry_log, scratch
from customer360_dbt import diff, train
from customer360_dbt.dry_run import SELECTION, Build, DryRunError
from tests.project.builds import PROJECT, WITHOUT_TESTS, Customer360, explain
from tests.project.test_gates import DOE, HEADER, MAJOR, PARTIES, TANAKA, registry, written

WITH_STEWARDS = {"systems": ["files", "stewardship"]}
# record 2 is Mary Major now, 5 and 6 are two persons, and 7 is new
CHANGED = (
    HEADER
    + DOE.format(1, "John Doe")
    + "".join(MAJOR.format(n) for n in (2, 3, 4))
    + TANAKA.format(5)
    + "6,鈴木花子,1961-01-07,hanako@example.com,080-7777-0000,5300001,梅田1-1\n"
    + "7,Ann Other,1966-06-06,,,,\n"
)
KNOWN = "record_key,known_party\n" + "".join(
    f"files/main/party/{n},{party}\n" for n, party in ((1, "d"), (2, "d"), (3, "m"), (4, "m"))
)
DECISIONS = (
    "record_key_a,record_key_b,decision,decided_by,decided_at,reason\n"
    "files/main/party/3,files/main/party/4,same,anna,2026-03-01,\n"
)
Command = Callable[..., int]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """Three parties of two records each; read it, do not build on it."""
    folder = tmp_path_factory.mktemp("dry_run")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    written(project, project.landing, PARTIES)
    steward(project.landing)
    project.run(variables=WITH_STEWARDS)
    with duckdb.connect(str(project.home / "published" / "customer360.duckdb")) as con:
        con.execute("create table audience_spring as select gpid, 'x' as channel from dim_party")
    return project


def steward(landing: Path) -> None:
    folder = landing / "stewardship"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "steward_decisions.csv").write_text(DECISIONS, "utf-8")
    (folder / "known_parties.csv").write_text(KNOWN, "utf-8")


def hashes(home: Path) -> dict[str, str]:
    """The content of every file but the stored diffs and the lock, which names its last holder."""
    return {
        str(file.relative_to(home)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(home.rglob("*"))
        if file.is_file() and file.parent.name != "diff" and file.name != "build.lock"
    }


def in_process(project: Customer360) -> Build:
    """The build that the command would start, without a process of its own."""

    def build(home: Path, variables: Mapping[str, Any]) -> None:
        copy = Customer360(project.landing, home, project.scratch)
        result = copy.dbt("build", *SELECTION, *WITHOUT_TESTS, variables=variables)
        if not result.success:
            raise DryRunError(explain(result))

    return build


def run(
    main: Command,
    project: Customer360,
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    variables: Mapping[str, Any] = WITH_STEWARDS,
) -> int:
    monkeypatch.setenv("CUSTOMER360_HOME", str(project.home))
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv("COLUMNS", "200")
    return main(["--vars", yaml.safe_dump(dict(variables)), *arguments], build=in_process(project))


def stored(project: Customer360, sql: str, file: str = "identity_diff") -> list[tuple[Any, ...]]:
    path = project.home / "diff" / f"{file}.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_diff_says_who_would_change_and_changes_nothing(
    built: Customer360,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = written(built.copy_to(tmp_path), tmp_path / "landing", CHANGED)
    steward(project.landing)
    before, holders = hashes(project.home), built.holders()
    tight = {**WITH_STEWARDS, "max_cluster_records": 2}
    assert run(diff.main, project, monkeypatch, "--max-splits", "0", variables=tight) == 1
    printed = capsys.readouterr().out
    assert hashes(project.home) == before
    assert list((project.home / "diff").iterdir()) == [project.home / "diff/identity_diff.duckdb"]

    doe, major, tanaka = (holders[f"files/main/party/{n}"] for n in (1, 3, 5))
    changes = stored(
        project, "select change, gpid, other_gpid, records, example_record_key from identity_diff"
    )
    assert ("move", major, doe, 1, "files/main/party/2") in changes
    ((split, record),) = [(c[1], c[4]) for c in changes if c[0] == "split" and c[2] == tanaka]
    assert split not in holders.values()
    assert record in ("files/main/party/5", "files/main/party/6")
    assert len(changes) == 2
    summary = dict(stored(project, "from identity_diff_summary"))
    assert summary == {
        "records_before": 6,
        "records_after": 7,
        "records_in_both": 6,
        "moved_records": 2,
        "parties_before": 3,
        "parties_after": 5,
        "merges": 0,
        "splits": 1,
        "moves": 1,
        "churn": 2 / 6,
    }
    links = "select change, record_key_a, record_key_b from identity_diff_links order by all"
    assert stored(project, links) == [
        ("gained", "files/main/party/2", "files/main/party/3"),
        ("gained", "files/main/party/2", "files/main/party/4"),
        ("lost", "files/main/party/1", "files/main/party/2"),
        ("lost", "files/main/party/5", "files/main/party/6"),
    ]
    assert re.search(
        r"link lost \(\d+\.\d bits\): files/main/party/1 \(John Doe\) and files/main/party/2"
        r" \(Mary Major\)",
        printed,
    )
    audiences = "from identity_diff_audiences where audience = 'audience_spring'"
    assert stored(project, audiences) == [("audience_spring", 3, 3)]
    assert f"move {major} (Mary Major) from {doe} (John Doe, Mary Major): 1 record" in printed
    assert "over the budget: splits is 1, above 0" in printed
    assert "over the budget: gate max_cluster_records is closed" in printed
    assert "audience_spring" in printed

    # what was foretold is what a build then does
    project.run(variables=WITH_STEWARDS)
    moved = {
        (record, gpid, project.holders()[record])
        for record, gpid in holders.items()
        if project.holders()[record] != gpid
    }
    foretold = stored(
        project, "select record_key, gpid_before, gpid_after from identity_diff_records"
    )
    assert set(foretold) == moved


@pytest.mark.long
def test_the_command_itself_ends_with_the_code_and_says_when_the_build_fails(
    built: Customer360, tmp_path: Path
) -> None:
    project = written(built.copy_to(tmp_path), tmp_path / "landing", CHANGED)
    steward(project.landing)
    environment = os.environ | {
        "CUSTOMER360_HOME": str(project.home),
        "CUSTOMER360_LANDING": str(project.landing),
    }
    command = [sys.executable, "-m", "customer360_dbt.diff", "--max-splits", "1"]

    def ended(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    within = ended("--vars", yaml.safe_dump(WITH_STEWARDS))
    assert within.returncode == 0, within.stdout + within.stderr
    before = hashes(project.home)
    failed = ended("--vars", yaml.safe_dump({**WITH_STEWARDS, "model_release": 9}))
    assert failed.returncode == 2
    assert "model_release asks for release-9" in failed.stdout
    assert "the build failed (dbt ended with" in failed.stderr
    with duckdb.connect(str(project.home / "registry.duckdb")):
        busy = ended("--vars", yaml.safe_dump(WITH_STEWARDS))
    assert busy.returncode == 2
    assert "is in use" in busy.stderr
    assert hashes(project.home) == before


def test_a_dry_run_waits_for_a_build_and_lets_builds_go_on_while_it_works(
    built: Customer360,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = built.copy_to(tmp_path)
    impatient = {**WITH_STEWARDS, "wait_for_other_build_seconds": 0}
    holder = f"""
from pathlib import Path
from customer360 import build_lock
build_lock.hold(Path({str(project.home)!r}), wait_seconds=0, tell=print)
print("held", flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        for main in (diff.main, train.main):
            assert run(main, project, monkeypatch, variables=impatient) == 2
            assert f"process {process.pid}, since" in capsys.readouterr().err
        process.communicate("\n")
    assert list((project.home / "dry_run").glob("*")) == []

    was_held = []

    def build(home: Path, variables: Mapping[str, Any]) -> None:
        was_held.extend([build_lock.is_held(project.home), build_lock.is_held(home.parent)])
        raise DryRunError("far enough")

    monkeypatch.setenv("CUSTOMER360_HOME", str(project.home))
    monkeypatch.chdir(PROJECT)
    assert diff.main([], build=build) == 2
    assert was_held == [False, True]
    assert list((project.home / "dry_run").glob("*")) == []


def test_the_copy_of_a_killed_dry_run_goes_when_nobody_works_on_it_any_more(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    environment = os.environ | {
        "CUSTOMER360_HOME": str(project.home),
        "CUSTOMER360_LANDING": str(project.landing),
    }
    output = tmp_path / "output.txt"
    with (
        output.open("w") as file,
        subprocess.Popen(
            [sys.executable, "-m", "customer360_dbt.diff", "--vars", yaml.safe_dump(WITH_STEWARDS)],
            cwd=PROJECT,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        ) as process,
    ):
        try:
            copies = project.home / "dry_run"
            # the build that it started is at work on the copy
            until(lambda: any(copies.glob("*/home/build.lock")))
            process.kill()
            assert process.wait() == -signal.SIGKILL
            (copy,) = copies.iterdir()
            assert (copy / "home" / "warehouse.duckdb").exists()
            scratch.remove_abandoned(project.home)
            assert (copy / "home" / "warehouse.duckdb").exists()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
        until(lambda: not build_lock.is_held(copy))
    project.run(variables=WITH_STEWARDS)
    assert list(copies.iterdir()) == []


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def refused(project: Customer360, variables: Mapping[str, Any]) -> str:
    """What a build says that stops before its first model."""
    result = project.dbt("build", variables=variables)
    assert not result.success
    refusal = str(result.exception)
    # the error holds on to the connection, which a process would close by ending
    del result
    gc.collect()
    return refusal


def releases(project: Customer360) -> list[tuple[object, ...]]:
    tables = registry(project)
    return tables["model_releases"] + tables["release_frequencies"]


def test_a_candidate_is_compared_and_comes_into_force_by_its_number(
    built: Customer360,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = written(built.copy_to(tmp_path), tmp_path / "landing", CHANGED)
    steward(project.landing)
    before = hashes(project.home)
    assert run(train.main, project, monkeypatch) == 0
    printed = capsys.readouterr().out
    assert "set model_release to 2 in dbt_project.yml" in printed
    assert "recall on known parties" in printed
    assert "decisions that the score agrees with" in printed
    after = hashes(project.home)
    changed = {file for file in before | after if before.get(file) != after.get(file)}
    logged = registry_log.entries(project.home)
    entry = logged[-1].folder.relative_to(project.home)
    assert set(logged[-1].checksums) == {"model_releases", "release_frequencies"}
    assert changed == {
        "registry.duckdb",
        *(
            f"{entry}/{name}"
            for name in ("entry.json", *(f"{t}.parquet" for t in logged[-1].checksums))
        ),
    }
    assert set(releases(built)) < set(releases(project))
    names = {row[0] for row in registry(project)["model_releases"]}
    assert names == {"release-1", "release-2"}
    # both sides were built on the data of today, so only the model makes a difference
    summary = dict(stored(project, "from identity_diff_summary", "release_2"))
    assert summary["records_before"] == summary["records_after"] == 7
    labels = stored(project, "select measure, labels from identity_diff_labels", "release_2")
    assert labels == [
        ("decisions that the score agrees with", 1),
        ("precision on known parties", 4),
        ("recall on known parties", 4),
    ]

    known = releases(project)
    project.run(variables={**WITH_STEWARDS, "model_release": 2})
    assert releases(project) == known, "a build uses the candidate as it is"
    assert project.query("select settings from build_info")[0][0].count('"model_release": 2') == 1
    refusal = refused(project, {**WITH_STEWARDS, "model_release": 3})
    assert "model_release asks for release-3" in refusal
    assert releases(project) == known


def test_another_library_version_stops_a_build_until_it_is_accepted(
    built: Customer360, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = built.copy_to(tmp_path)
    with duckdb.connect(str(project.home / "registry.duckdb")) as con:
        con.execute(
            "update model_releases set library_versions ="
            ' regexp_replace(library_versions, \'"duckdb": "[^"]*"\', \'"duckdb": "1.5.0"\')'
        )
    before = hashes(project.home)
    refusal = refused(project, WITH_STEWARDS)
    assert "duckdb was 1.5.0 and is" in refusal
    assert "make train KEEP=1" in refusal
    assert hashes(project.home) == before, "it stops before any table is written"

    assert run(train.main, project, monkeypatch, "--keep-parameters") == 0
    rows = registry(project)["model_releases"]
    parameters = {str(row[0]): row[4] for row in rows}
    assert parameters["release-1"] == parameters["release-2"]
    links = stored(project, "select count(*) from identity_diff_links", "release_2")
    assert links == [(0,)]
    project.run(variables={**WITH_STEWARDS, "model_release": 2})
    assert project.holders() == built.holders()
