"""Files and folders that are there as a whole or not at all, also after the power went."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """What was written to a file, or which files a folder has, is on the disk afterwards."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def swap_in(new: Path, final: Path) -> None:
    """Put a finished file or folder in its place by one atomic rename."""
    new.replace(final)
    sync(final.parent)


def swap_in_database(new: Path, final: Path) -> None:
    """The same for a DuckDB file that was closed and left no log of its own.

    Whoever had the former file open goes on reading it. A write-ahead log beside it belongs to the
    former file, and would keep everybody from opening the new one.
    """
    sync(new)
    wal_of(final).unlink(missing_ok=True)
    swap_in(new, final)


def wal_of(database: Path) -> Path:
    """Where DuckDB keeps the write-ahead log of a database file."""
    return database.with_name(database.name + ".wal")
