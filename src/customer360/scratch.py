"""Copies of a home on which something is tried, and which do not outlast whoever tries it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from customer360 import build_lock

SCRATCH_FOLDER = "dry_run"
_HOME = "home"


@contextmanager
def scratch_folder(home: Path) -> Iterator[Path]:
    """An empty home in `<home>/dry_run`, removed when the block ends.

    Whoever calls this holds the lock of the home, and may release it inside the block. The folder
    around the new home is held for the block, and by every process that got its descriptor.
    """
    parent = home / SCRATCH_FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=parent))
    try:
        build_lock.hold(folder, wait_seconds=0, tell=lambda _: None)
        (folder / _HOME).mkdir()
        yield (folder / _HOME).resolve()
    finally:
        _remove(folder)
        build_lock.release(folder)


def lock_descriptor(scratch: Path) -> int:
    """What to pass on to a process that works on the home that `scratch_folder` made."""
    return build_lock.descriptor(scratch.parent)


def remove_abandoned(home: Path) -> None:
    """Remove what killed processes left in `<home>/dry_run`: it has all that the home has.

    Whoever calls this holds the lock of the home, so that nobody is about to begin.
    """
    for folder in sorted((home / SCRATCH_FOLDER).glob("*/")):
        if not build_lock.is_held(folder):
            _remove(folder)


def _remove(folder: Path) -> None:
    if (folder / _HOME).exists():
        shutil.rmtree(folder / _HOME)
    # without its lock it may be removed by another process, too
    shutil.rmtree(folder, ignore_errors=True)
