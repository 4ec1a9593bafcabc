"""What results depend on besides data and settings: the code, and the libraries that compute."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("duckdb", "splink", "numpy", "scipy", "phonenumbers", "vadersentiment")


_SUFFIXES = (".py", ".sql", ".yml", ".csv", ".parquet")


@cache
def code_fingerprint(*folders: Path) -> str:
    """Identifies this version of the library, its lexica, and what it computes with.

    Where it is another than before, nothing that was computed then is taken over.

    Args:
        folders: more code that results depend on: the models and macros of a project.

    """
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, *folders):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _SUFFIXES:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()[:16]
