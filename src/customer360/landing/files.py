"""Which files of the landing folder belong to which object."""

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from customer360.landing.spec import normalised


class Format(Enum):
    """How a file holds its rows."""

    CSV = "csv"
    PARQUET = "parquet"


_SUFFIXES = {
    ".csv": Format.CSV,
    ".csv.gz": Format.CSV,
    ".tsv": Format.CSV,
    ".tsv.gz": Format.CSV,
    ".parquet": Format.PARQUET,
}
_LAST_TOKEN = re.compile(r"^(?P<name>.*[^-_. ])[-_. ]+(?P<token>\d[\dTtZz:+]*)$")
_DATE = re.compile(
    r"(?<!\d)(?P<date>(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d)"
    r"(?:[-_. Tt]?(?P<time>\d\d[-_.:]?\d\d[-_.:]?\d\d)(?!\d))?(?!\d)"
)


@dataclass(frozen=True)
class DataFile:
    """One file of an extract.

    Attributes:
        path: absolute.
        name: relative to the landing folder (to the home folder, when it is a kept delivery), with
            forward slashes.
        delivered_at: the date (and time) in the file's name, if there is one.

    """

    path: Path
    name: str
    format: Format
    delivered_at: datetime | None

    @property
    def fingerprint(self) -> tuple[str, int, int]:
        """Path, size and time of the last change: equal as long as nobody touched the file."""
        status = self.path.stat()
        return (str(self.path), status.st_size, status.st_mtime_ns)


def split_suffix(file_name: str) -> tuple[str, Format] | None:
    """Return a file's stem and format; None when it is no data file."""
    lower = file_name.lower()
    for suffix, file_format in sorted(_SUFFIXES.items(), key=lambda item: -len(item[0])):
        if lower.endswith(suffix) and len(lower) > len(suffix) and not lower.startswith("."):
            return file_name[: -len(suffix)], file_format
    return None


def holds_data(path: Path) -> bool:
    """Whether a folder has data files directly in it."""
    return path.is_dir() and any(split_suffix(each.name) for each in path.iterdir())


def same_object(name: str, other: str) -> bool:
    """Whether two names mean one object: equal when normalised, or singular and plural."""
    first, second = normalised(name), normalised(other)
    if not first or not second:
        return False
    return first == second or first in _plurals(second) or second in _plurals(first)


def is_file_of(stem: str, file: str) -> bool:
    """Whether a file or folder of this stem belongs to the object whose files are called `file`.

    A date or sequence number may follow the name: `Account_2026-10-31`, `account-0001`.
    """
    if same_object(stem, file):
        return True
    shortened = _LAST_TOKEN.match(stem)
    while shortened:
        if same_object(shortened["name"], file):
            return True
        shortened = _LAST_TOKEN.match(shortened["name"])
    return False


def files_of(folder: Path, file: str, *, landing: Path) -> list[DataFile]:
    """Return the files in a folder that belong to one object, sorted by name.

    They lie in the folder itself, or anywhere below a subfolder that has the object's name. Hidden
    files and files of other kinds are no data files.
    """
    found: list[DataFile] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if is_file_of(entry.name, file):
                found += [
                    part
                    for path in sorted(entry.rglob("*"))
                    if not any(step.startswith(".") for step in path.relative_to(entry).parts)
                    and (part := _data_file(path, landing))
                ]
            continue
        stem_and_format = split_suffix(entry.name)
        if stem_and_format and is_file_of(stem_and_format[0], file):
            data_file = _data_file(entry, landing)
            if data_file:
                found.append(data_file)
    return found


def near_names(folder: Path, file: str) -> list[str]:
    """Return the names in a folder that look like a misspelling of an object's file."""
    stems: dict[str, str] = {}
    for entry in sorted(folder.iterdir()):
        stem = entry.name.split(".")[0] if entry.is_file() else entry.name
        stems.setdefault(normalised(stem), entry.name)
    near = difflib.get_close_matches(normalised(file), [stem for stem in stems if stem], n=2)
    return [stems[stem] for stem in near]


def _plurals(name: str) -> set[str]:
    plurals = {f"{name}s", f"{name}es"}
    if name.endswith("y"):
        plurals.add(f"{name[:-1]}ies")
    return plurals


def _data_file(path: Path, landing: Path) -> DataFile | None:
    stem_and_format = split_suffix(path.name) if path.is_file() else None
    if stem_and_format is None:
        return None
    stem, file_format = stem_and_format
    name = path.relative_to(landing).as_posix()
    return DataFile(path, name, file_format, _date_in(stem))


def _date_in(stem: str) -> datetime | None:
    found = _DATE.search(stem)
    if not found:
        return None
    digits = re.sub(r"\D", "", found["date"])
    time = re.sub(r"\D", "", found["time"] or "") or "000000"
    try:
        return datetime.strptime(digits + time, "%Y%m%d%H%M%S")
    except ValueError:
        return None
