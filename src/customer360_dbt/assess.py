"""Say what sources are like before any roll-out: `python -m customer360_dbt.assess FOLDER`.

A folder of extracts is matched in a home of its own that is removed afterwards: no registry, no
publication and no GPID of the project is touched.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from customer360.diff_report import say
from customer360.landing import LandingError
from customer360.landing.files import holds_data, is_file_of
from customer360.landing.spec import load_system
from customer360.readiness import write_readiness
from customer360.registry import WAREHOUSE_FILE
from customer360.settings import Settings, SettingsError
from customer360_dbt.diff import add_dbt_options
from customer360_dbt.dry_run import (
    Build,
    DryRunError,
    dbt_build,
    empty_home,
    home_folder,
    settings_of,
)

FOLDER = "assessment"
SELECTION = ("--select", "+source_readiness", "+source_overlap", "+source_columns")


def main(arguments: Sequence[str], *, build: Build | None = None) -> int:
    """Build what the page needs, write it; 0 when there is a page, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.assess", description=__doc__)
    add_dbt_options(parser)
    parser.add_argument("folder", type=Path, help="the landing folder")
    options = parser.parse_args(arguments)
    console = Console()
    out = home_folder() / FOLDER
    try:
        variables = options.vars | systems_in(
            options.folder, settings_of(options.vars), project=Path.cwd()
        )
        os.environ["CUSTOMER360_LANDING"] = str(options.folder)
        with empty_home(home_folder(), settings_of(options.vars), console) as home:
            (build or dbt_build(options.target, SELECTION))(home, variables)
            with duckdb.connect(str(home / WAREHOUSE_FILE), read_only=True) as con:
                page = write_readiness(con, out)
    except (DryRunError, SettingsError, LandingError) as error:
        print(error, file=sys.stderr)
        return 2
    say(console, f"{page} (and its tables as CSV beside it; no personal values)")
    return 0


def systems_in(folder: Path, settings: Settings, *, project: Path) -> Mapping[str, Any]:
    """The systems that have a folder there, and their instances, as variables of the build.

    Raises:
        DryRunError: no adapter has a folder there.

    """
    known = [system for system in settings.adapters if system != "stewardship"]
    systems = [system for system in known if (folder / system).is_dir()]
    if not systems:
        raise DryRunError(
            f"{folder} has no folder of a known system. It needs one subfolder per system, named"
            f" as its adapter: {', '.join(known)}."
        )
    instances = {
        system: found
        for system in systems
        if (found := _instances(folder / system, system, settings, project))
    }
    return {"systems": systems, "instances": instances}


def _instances(folder: Path, system: str, settings: Settings, project: Path) -> list[str]:
    """The instances of a system; none where its files lie in its own folder."""
    if holds_data(folder):
        return []
    objects = [table.file for table in load_system(project, system).tables]
    found = sorted(
        each.name
        for each in folder.iterdir()
        if each.is_dir() and not any(is_file_of(each.name, file) for file in objects)
    )
    registered = [name for name in settings.instances.get(system, []) if name in found]
    return registered or found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
