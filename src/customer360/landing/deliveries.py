"""Deliveries of changes: each file is kept, because the next one does not say it again."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from customer360.durable import swap_in, sync
from customer360.landing.files import DataFile, split_suffix

DELIVERIES_FOLDER = "deliveries"
DEFAULT = "default"

_CHUNK = 1 << 22
# hidden, so that nothing takes it for a delivery
_UNFINISHED = ".unfinished"
# bytes of a file's name that its kept copy repeats; file systems allow 255 in all
_LABEL_LIMIT = 120
_MOMENT = r"\d{8}T\d{6}\.\d{9}"
_KEPT = re.compile(
    rf"(?P<delivered>{_MOMENT})_(?P<modified>{_MOMENT})_(?P<label>.+)_(?P<digest>[0-9a-f]{{16}})"
)


class Delivery(StrEnum):
    """What a source's files say of a record that is not in them."""

    SNAPSHOT = "snapshot"  # it is deleted
    CHANGES = "changes"  # it is as it was


@dataclass(frozen=True)
class Deliveries:
    """How sources deliver, and where the deliveries of changes are kept.

    Attributes:
        home: the kept files are in its folder `deliveries/<system>/<instance>/<object>`.
        kinds: by system, system/instance or system/instance/object; `default` for all others.

    """

    home: Path
    kinds: Mapping[str, Delivery]

    def are_changes(self, source: tuple[str, str, str]) -> bool:
        """Whether a source (system, instance, object) delivers changes; the closest entry says."""
        places = ("/".join(source[:parts]) for parts in (3, 2, 1))
        kind = next((self.kinds[place] for place in places if place in self.kinds), None)
        return (kind or self.kinds[DEFAULT]) is Delivery.CHANGES

    def folder(self, source: tuple[str, str, str]) -> Path:
        """Where the files of a source are kept."""
        return self.home.joinpath(DELIVERIES_FOLDER, *source)


@dataclass(frozen=True)
class _Kept:
    """What the name of a kept file says.

    Attributes:
        delivered: when, as text that sorts: the moment in the file's name, else `modified`.
        modified: when the delivered file was last changed.
        label: the delivered file's own name.
        digest: of the content.

    """

    path: Path
    delivered: str
    modified: str
    label: str
    digest: str


def keep(
    found: Sequence[DataFile], folder: Path, *, landing_folder: Path
) -> tuple[list[Path], list[Path]]:
    """Copy those of the delivered files that are new into the folder.

    A file is new unless what was kept last under its name has the same content. So a file that lies
    there from build to build, or was merely touched, is one delivery; one that gives way to another
    and then comes back is a third delivery, since the values did change back. Each copy appears as
    a whole, and its name sorts by delivery: by the moment in the delivered file's name, else by its
    last change.

    Args:
        found: what lies in the landing folder.
        folder: where the files of this source are kept.
        landing_folder: the instance's; the files' names are relative to it.

    Returns:
        All kept files in the order of their delivery, and those that are new.

    Raises:
        OSError: when a file cannot be read or written.

    """
    new: list[Path] = []
    if folder.is_dir():
        # of a build that died while it copied
        for leftover in folder.glob(f".*{_UNFINISHED}"):
            leftover.unlink()
    kept = _kept_in(folder)
    for file in sorted(found, key=lambda each: (_moments(each), each.name)):
        label = _label(file.path.relative_to(landing_folder).as_posix())
        of_label = [each for each in kept if each.label == label]
        delivered, modified = _moments(file)
        size = file.path.stat().st_size
        if any(e.modified == modified and e.path.stat().st_size == size for e in of_label):
            continue
        _make(folder)
        copy = folder / f".{label}{_UNFINISHED}"
        try:
            digest = _copy(file.path, copy)
            if of_label and of_label[-1].digest == digest:
                continue
            sync(copy)
            stem, suffix = _split(label)
            final = folder / f"{delivered}_{modified}_{stem}_{digest}{suffix}"
            swap_in(copy, final)
        finally:
            copy.unlink(missing_ok=True)
        new.append(final)
        kept = _kept_in(folder)
    return [each.path for each in kept], new


def as_data_file(path: Path, *, home: Path) -> DataFile:
    """A kept file, with its name relative to the home folder."""
    kept = _parse(path)
    stem_and_format = split_suffix(path.name)
    if kept is None or stem_and_format is None:
        raise ValueError(f"{path} is no kept delivery")
    delivered_at = datetime.strptime(kept.delivered[:-3], "%Y%m%dT%H%M%S.%f")
    name = path.relative_to(home).as_posix()
    return DataFile(path, name, stem_and_format[1], delivered_at)


def _make(folder: Path) -> None:
    """Make a folder that is still there after the power went."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir()
        sync(folder.parent)


def _kept_in(folder: Path) -> list[_Kept]:
    """What is kept, in the order of delivery; other files are not looked at."""
    if not folder.is_dir():
        return []
    return [kept for path in sorted(folder.iterdir()) if (kept := _parse(path))]


def _parse(path: Path) -> _Kept | None:
    stem, suffix = _split(path.name)
    found = _KEPT.fullmatch(stem)
    if not found or not suffix:
        return None
    label = found["label"] + suffix
    return _Kept(path, found["delivered"], found["modified"], label, found["digest"])


def _split(file_name: str) -> tuple[str, str]:
    stem_and_format = split_suffix(file_name)
    stem = stem_and_format[0] if stem_and_format else file_name
    return stem, file_name[len(stem) :]


def _label(name: str) -> str:
    """A delivered file's name as part of one file name."""
    label = name.replace("/", "__")
    if len(label.encode()) <= _LABEL_LIMIT:
        return label
    return hashlib.sha256(label.encode()).hexdigest()[:32] + _split(label)[1]


def _moments(file: DataFile) -> tuple[str, str]:
    """When a file was delivered and when it was last changed, as text that sorts."""
    seconds, nanoseconds = divmod(file.path.stat().st_mtime_ns, 1_000_000_000)
    modified = _text(datetime.fromtimestamp(seconds, UTC), nanoseconds)
    return (_text(file.delivered_at, 0) if file.delivered_at else modified), modified


def _text(moment: datetime, nanoseconds: int) -> str:
    return f"{moment:%Y%m%dT%H%M%S}.{nanoseconds:09d}"


def _copy(source: Path, target: Path) -> str:
    """Copy a file, and return the digest of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
    return digest.hexdigest()[:16]
