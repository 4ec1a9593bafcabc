"""The published tables as Parquet files, for tools that cannot read DuckDB: `make export FOLDER=…`.

One file per table and a manifest. The folder is replaced as a whole: readers find the tables of one
build, those of the former export or those of the new one.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from customer360.durable import swap_in, sync
from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER, RESTRICTED_FILE, quoted

MANIFEST = "manifest.json"
# what an export is told by, so that nothing else is ever replaced
_FORMAT = "customer360 export 1"
_CONSENT = "restricted"
DONE, FAILED = 0, 1


class ExportError(RuntimeError):
    """Nothing was exported; the message says why and what to do."""


@dataclass(frozen=True)
class ExportedTable:
    """A table of the manifest.

    Attributes:
        name: of the table.
        file: beside the manifest.
        rows: how many.
        bytes: of the file.
        sha256: of the file.
        columns: name and type, as DuckDB calls it, of each.

    """

    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[dict[str, str], ...]


def export(published: Path, folder: Path, *, restricted: bool) -> list[ExportedTable]:
    """Write every table of a published file to a folder, which replaces an earlier export there.

    A restricted export is readable by its owner only.

    Args:
        published: the open file, or the restricted one.
        folder: where the export goes; missing, empty, or an earlier export of the same file.
        restricted: whether it is the restricted one.

    Raises:
        ExportError: there is no publication, or the folder holds something else.

    """
    if not published.exists():
        raise ExportError(f"{published} does not exist yet: run `make build` first.")
    folder = folder.absolute()
    new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("new", "old"))
    if old.exists() and not folder.exists():
        # the former export, of a process that was killed while it replaced it
        old.replace(folder)
    which = RESTRICTED_FILE if restricted else OPEN_FILE
    _check_replaceable(folder, which)
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new.mkdir(mode=0o700 if restricted else 0o777)
    try:
        with duckdb.connect(str(published), read_only=True) as con:
            tables = [_write(con, name, new) for name in _tables(con)]
            build = _build(con)
        manifest = {
            "format": _FORMAT,
            "published_file": which,
            **build,
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tables": [asdict(table) for table in tables],
        }
        (new / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
        for file in new.iterdir():
            if restricted:
                file.chmod(0o600)
            sync(file)
        sync(new)
        if folder.exists():
            folder.replace(old)
        swap_in(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return tables


def _check_replaceable(folder: Path, which: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is a file: name a folder.")
    present = {path.name for path in folder.iterdir()} if folder.exists() else set[str]()
    if not present:
        return
    manifest = _manifest(folder)
    if manifest is None:
        raise ExportError(
            f"{folder} is not empty, and no export wrote it: nothing there is replaced. Name a"
            " folder that does not exist."
        )
    if manifest["published_file"] != which:
        raise ExportError(
            f"{folder} holds an export of {manifest['published_file']}, and those who read it may"
            f" not be those for {which}: name another folder."
        )
    strange = present - {MANIFEST} - {table["file"] for table in manifest["tables"]}
    if strange:
        raise ExportError(
            f"{folder} has files that no export wrote, and they would be lost:"
            f" {', '.join(sorted(strange))}. Move them, or name another folder."
        )


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get("format") == _FORMAT
    return manifest if is_ours else None


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    names = con.execute(
        "select table_name from duckdb_tables() where not internal order by table_name"
    ).fetchall()
    return [str(name) for (name,) in names]


def _build(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    ((commit_number, run_id, published_at),) = con.execute(
        "select commit_number, run_id, published_at from build_info"
    ).fetchall()
    return {
        "published_at": published_at.replace(tzinfo=UTC).isoformat(timespec="seconds"),
        "commit_number": commit_number,
        "run_id": run_id,
    }


def _write(con: duckdb.DuckDBPyConnection, name: str, folder: Path) -> ExportedTable:
    relation = con.table(f'"{name}"')
    columns = list(zip(relation.columns, map(str, relation.types), strict=True))
    # Parquet has no integers of 128 bits, and would make doubles of them
    selected = ", ".join(
        f'"{column}"::decimal(38, 0) as "{column}"' if kind == "HUGEINT" else f'"{column}"'
        for column, kind in columns
    )
    file = folder / f"{name}.parquet"
    ((rows,),) = con.execute(
        f'copy (select {selected} from "{name}") to {quoted(file)} (format parquet)'
    ).fetchall()
    return ExportedTable(
        name=name,
        file=file.name,
        rows=rows,
        bytes=file.stat().st_size,
        sha256=_sha256(file),
        columns=tuple({"name": column, "type": kind} for column, kind in columns),
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _may_be_restricted(folder: Path) -> bool:
    """Ask whoever is there."""
    print(
        f"{folder} will have names, contact points and free text of everybody. Whoever can read the"
        " folder can read them; erasures do not reach it (docs/bi_tools.md)."
    )
    try:
        return input(f"Type {_CONSENT} to go on: ").strip() == _CONSENT
    except EOFError:
        return False


def main(arguments: Sequence[str]) -> int:
    """Export, and say what is where."""
    parser = argparse.ArgumentParser(prog="python -m customer360.export", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument(
        "--restricted", action="store_true", help="of the file with direct personal data"
    )
    parser.add_argument(
        "--yes", action="store_true", help="restricted without being asked, for schedulers"
    )
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    if options.restricted and not options.yes and not _may_be_restricted(folder):
        print(
            "Nothing was exported. Where nobody can answer, --yes does (make export YES=1).",
            file=sys.stderr,
        )
        return FAILED
    home = Path(os.environ.get("CUSTOMER360_HOME", "data"))
    file = RESTRICTED_FILE if options.restricted else OPEN_FILE
    try:
        tables = export(home / PUBLISHED_FOLDER / file, folder, restricted=options.restricted)
    except (ExportError, OSError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return FAILED
    rows, size = sum(table.rows for table in tables), sum(table.bytes for table in tables)
    note = " (personal data, readable by you only)" if options.restricted else ""
    print(f"{folder}: {len(tables)} tables, {rows:,} rows, {size / 1e6:.1f} MB{note}")
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
