"""Who of the parties is already somebody that is being typed in, as the next build would score it.

`python -m customer360_dbt.find_duplicates --full-name 田中太郎 --email t.tanaka@example.com`. dbt
compiles the models that make records comparable, once; `DuplicateFinder` runs their SQL on what is
typed. The published function find_duplicates answers in SQL, by the main evidence alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from customer360.duplicates import MODELS, DuplicateFinder, Entry, EntryError, Match, check_home
from customer360.matching.model import PartyType
from customer360.matching.release import ReleaseError
from customer360.matching.scoring import DuplicateFreeSources
from customer360_dbt.dry_run import home_folder, settings_of

_LISTS = {"email": "emails", "phone": "phones"}
_MOST_SHOWN = 20


def duplicate_finder(
    home: Path, variables: Mapping[str, Any], target: str | None = None
) -> DuplicateFinder:
    """A finder over the last build of a home, for the project in the working directory.

    Raises:
        EntryError: there is no build, one is at work, or dbt cannot compile the models.

    """
    check_home(home)
    settings = settings_of(variables)
    return DuplicateFinder(
        home,
        _compiled_models(variables, target),
        model_release=settings.model_release,
        duplicate_free=DuplicateFreeSources(
            tuple(settings.duplicate_free_sources), settings.duplicate_free_bits
        ),
    )


def _compiled_models(variables: Mapping[str, Any], target: str | None) -> dict[str, str]:
    """The SQL that a first build would run: an empty home has nothing to take over."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [
                str(Path(sys.executable).with_name("dbt")),
                *("compile", "--quiet", "--select", *MODELS, "--target-path", folder),
                *("--log-path", folder, "--vars", json.dumps(dict(variables))),
                *(("--target", target) if target else ()),
            ],
            env=os.environ | {"CUSTOMER360_HOME": str(Path(folder) / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise EntryError(f"dbt cannot compile the models: {ended.stdout}{ended.stderr}".strip())
        manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    compiled = {
        node["name"]: node["compiled_code"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node.get("compiled_code")
    }
    return {name: compiled[name] for name in MODELS}


def by_party(matches: list[Match]) -> list[Match]:
    """The likeliest record of each party."""
    best = dict[str, Match]()
    for match in matches:
        best.setdefault(match.gpid, match)
    return list(best.values())


def main(arguments: list[str]) -> int:
    """Look for one entry, and print who it may be."""
    parser = argparse.ArgumentParser(
        prog="python -m customer360_dbt.find_duplicates",
        description="Give whatever is known; any format and script will do.",
    )
    parser.add_argument("--organization", action="store_true", help="a company, not a person")
    for field in Entry.__dataclass_fields__:
        if field not in ("party_type", *_LISTS.values()):
            parser.add_argument(f"--{field.replace('_', '-')}")
    for option in _LISTS:
        parser.add_argument(f"--{option}", action="append", default=[], help="may be repeated")
    parser.add_argument("--vars", type=json.loads, default={}, help="variables of dbt, as JSON")
    parser.add_argument("--target", help="dbt's target")
    options = vars(parser.parse_args(arguments))
    variables, target = options.pop("vars"), options.pop("target")
    is_organization = options.pop("organization")
    for option, field in _LISTS.items():
        options[field] = tuple(options.pop(option))
    entry = Entry(
        party_type=PartyType.ORGANIZATION if is_organization else PartyType.PERSON, **options
    )
    try:
        finder = duplicate_finder(home_folder(), variables, target)
        try:
            found = by_party(finder.find(entry))
        finally:
            finder.close()
    except (EntryError, ReleaseError) as error:
        print(error, file=sys.stderr)
        return 1
    table = Table(box=None)
    for column in ("party", "probability", "record", "because", "but"):
        table.add_column(column, justify="right" if column == "probability" else "left")
    for match in found[:_MOST_SHOWN]:
        table.add_row(
            match.gpid,
            f"{match.match_probability:.4f}",
            match.record_key,
            match.reason,
            match.objection,
        )
    Console(width=None if sys.stdout.isatty() else 200).print(
        table if found else "nobody like that is known"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
