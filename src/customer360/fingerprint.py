"""What results depend on besides data and settings: the code, and the libraries that compute."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("duckdb", "splink", "numpy", "scipy", "phonenumbers")


@cache
def code_fingerprint() -> str:
    """Identifies this version of the library, its lexica and what it computes with.

    Where it is another than before, nothing that was computed then is taken over.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".csv", ".parquet"):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()[:16]
