"""One build at a time: a lock on the home folder that ends with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

LOCK_FILE = "build.lock"

_PAUSE = 0.2
_held: dict[Path, IO[str]] = {}


class BuildLockError(RuntimeError):
    """Another process works on the same home folder and does not come to an end."""


def hold(home: Path, *, wait_seconds: float, tell: Callable[[str], None]) -> None:
    """From here on this process alone works on the home folder, until it ends or releases it.

    A process that was killed holds nothing: the operating system lets go of its lock. To hold what
    is held already changes nothing.

    Args:
        home: the folder of the database files; it exists.
        wait_seconds: how long to wait for a process that holds it.
        tell: is called once, with who holds it, when there is somebody to wait for.

    Raises:
        BuildLockError: when that process still holds it at the end of the wait.

    """
    path = (home / LOCK_FILE).resolve()
    if path in _held:
        return
    # not truncated: until the lock is ours, the text in it is the holder's
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="utf-8")
    deadline = time.monotonic() + wait_seconds
    is_told = False
    while not _is_locked(file):
        holder = _holder(path)
        if time.monotonic() >= deadline:
            file.close()
            raise BuildLockError(
                f"{holder} works on {home}, and has not ended within {wait_seconds:g} seconds. "
                "Wait until it has, or end it: what it has not finished, the next build does."
            )
        if not is_told:
            tell(f"{holder} works on {home}: waiting up to {wait_seconds:g} seconds for its end")
            is_told = True
        time.sleep(_PAUSE)
    file.seek(0)
    file.truncate()
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    file.write(f"process {os.getpid()}, since {now} UTC,")
    file.flush()
    _held[path] = file


def release(home: Path) -> None:
    """Let others work on the home folder; nothing happens when it is not held."""
    file = _held.pop((home / LOCK_FILE).resolve(), None)
    if file is not None:
        file.close()


@contextmanager
def held(home: Path, *, wait_seconds: float, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the home folder for the block, as `hold` does, and let others work on it afterwards."""
    hold(home, wait_seconds=wait_seconds, tell=tell)
    try:
        yield
    finally:
        release(home)


def is_held(home: Path) -> bool:
    """Whether somebody works on the folder, this process included."""
    path = (home / LOCK_FILE).resolve()
    if path in _held:
        return True
    if not path.exists():
        return False
    with path.open("r+", encoding="utf-8") as file:
        return not _is_locked(file)


def descriptor(home: Path) -> int:
    """The file to pass on to a process that works for this one: it holds what this one holds.

    Should this process die first, the folder is held until that one has ended, too.
    """
    return _held[(home / LOCK_FILE).resolve()].fileno()


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text("utf-8") or "another process"
