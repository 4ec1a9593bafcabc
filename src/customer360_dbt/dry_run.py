"""Build the identity of the working tree on a copy of the home, where nothing is committed.

The copy lies beside the home's files, under `dry_run/`, and is removed afterwards; that of a killed
process, by the next dry run or build. What is built ends at the proposed events: no model that
writes the registry is among it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import yaml
from rich.console import Console

from customer360 import build_lock, scratch
from customer360.build_lock import BuildLockError
from customer360.diff_report import say
from customer360.gates import Limits
from customer360.landing.deliveries import DELIVERIES_FOLDER
from customer360.registry import REGISTRY_FILE, WAREHOUSE_FILE
from customer360.settings import Settings, load_settings

SELECTION = (
    "--select",
    "+identity_proposed_events",
    "+identity_decisions",
    "+int_extract_counts",
    "+int_known_parties",
    "+int_orders",
)
_WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


# builds a home with variables and, if any, more options of dbt; raises `DryRunError`
Build = Callable[..., None]


class DryRunError(RuntimeError):
    """There is nothing to compare: the home is in use, or the build failed and said why."""


def home_folder() -> Path:
    """The home that the environment names."""
    return Path(os.environ.get("CUSTOMER360_HOME", "data"))


def settings_of(variables: Mapping[str, Any]) -> Settings:
    """The variables of the project in the working directory, with those of the command line."""
    project = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))
    return load_settings(project["vars"], variables)


def limits_of(settings: Settings) -> Limits:
    """What the gates allow."""
    return Limits(settings.max_churn, settings.max_cluster_records, settings.max_lost_share)


def dbt_build(target: str | None, selection: Sequence[str] = SELECTION) -> Build:
    """A build of the identity, or another selection, on a copy, with dbt's own files there."""

    def build(home: Path, variables: Mapping[str, Any], *options: str) -> None:
        files = ("--target-path", str(home / "target"), "--log-path", str(home / "logs"))
        # dbt holds the copy, too, so that nobody takes it for abandoned
        held = [scratch.lock_descriptor(home)]
        options = (*selection, *_WITHOUT_TESTS, *files, *options)
        _dbt(home, variables, *options, target=target, pass_fds=held)

    return build


def run_dbt(target: str | None) -> Build:
    """A build of the home itself, as a user runs it."""

    def build(home: Path, variables: Mapping[str, Any], *options: str) -> None:
        _dbt(home, variables, *options, target=target)

    return build


def _dbt(
    home: Path,
    variables: Mapping[str, Any],
    *options: str,
    target: str | None,
    pass_fds: Sequence[int] = (),
) -> None:
    """`dbt build` in a process of its own, which prints its progress."""
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "build",
        *options,
        "--vars",
        json.dumps(dict(variables)),
        *(("--target", target) if target else ()),
    ]
    environment = os.environ | {"CUSTOMER360_HOME": str(home)}
    code = subprocess.run(command, env=environment, pass_fds=pass_fds, check=False).returncode
    if code:
        raise DryRunError(f"the build failed (dbt ended with {code}); its messages are above")


@contextmanager
def home_lock(home: Path, settings: Settings, console: Console) -> Iterator[None]:
    """The home to this process alone, as a build has it.

    Raises:
        DryRunError: when a build holds it longer than `wait_for_other_build_seconds`.

    """
    try:
        with build_lock.held(
            home,
            wait_seconds=settings.wait_for_other_build_seconds,
            tell=lambda text: say(console, text),
        ):
            yield
    except BuildLockError as error:
        raise DryRunError(str(error)) from None


@contextmanager
def empty_home(
    home: Path,
    settings: Settings,
    console: Console,
    *,
    fill: Callable[[Path], None] = lambda _: None,
) -> Iterator[Path]:
    """A home of its own under another one, filled while that is locked, and removed afterwards.

    Raises:
        DryRunError: when a build is at work on the home.

    """
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with home_lock(home, settings, console):
            scratch.remove_abandoned(home)
            folder = stack.enter_context(scratch.scratch_folder(home))
            fill(folder)
        yield folder


@contextmanager
def scratch_home(home: Path, settings: Settings, console: Console) -> Iterator[Path]:
    """A copy of the registry, the warehouse and the kept deliveries of a home, removed afterwards.

    The home is locked while it is copied; after that, builds go on.

    Raises:
        DryRunError: when a build is at work on the home, or another program has a file open.

    """
    with empty_home(home, settings, console, fill=lambda copy: _copy(home, copy, console)) as copy:
        yield copy


def _copy(home: Path, copy: Path, console: Console) -> None:
    files = [home / name for name in (REGISTRY_FILE, WAREHOUSE_FILE) if (home / name).exists()]
    say(console, f"copying {', '.join(str(file) for file in files) or 'nothing'} ...")
    with ExitStack() as opened:
        try:
            # an open reader keeps out programs that know nothing of the lock
            for file in files:
                opened.enter_context(duckdb.connect(str(file), read_only=True))
        except duckdb.Error as error:
            raise DryRunError(f"{home} is in use by another program: {error}") from None
        for file in files:
            shutil.copy(file, copy)
            log = file.with_name(file.name + ".wal")
            if log.exists():
                shutil.copy(log, copy)
        # without them, what sources delivered before would seem to be lost
        if (home / DELIVERIES_FOLDER).is_dir():
            shutil.copytree(home / DELIVERIES_FOLDER, copy / DELIVERIES_FOLDER)
