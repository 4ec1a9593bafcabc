"""Fit a candidate release and say what it would change: `python -m customer360_dbt.train`.

The candidate is stored in the registry under the next number. No build uses it until
`model_release` in dbt_project.yml has that number.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from customer360.diff_report import print_diff, print_labels, print_links, say
from customer360.identity_diff import (
    DIFF_FILE,
    DIFF_FOLDER,
    Side,
    attached,
    compare_holders,
    compare_labels,
    compare_links,
    gates_of,
    snapshot_holders,
    snapshot_links,
)
from customer360.matching.release import ReleaseError
from customer360.registry import REGISTRY_FILE, RegistryError
from customer360.registry_log import LOG_FOLDER
from customer360.releases import (
    carry_over,
    check_release,
    release_id,
    release_number,
    store_candidate,
    stored_releases,
)
from customer360.settings import SettingsError
from customer360_dbt.diff import add_dbt_options
from customer360_dbt.dry_run import (
    Build,
    DryRunError,
    dbt_build,
    home_folder,
    home_lock,
    limits_of,
    scratch_home,
    settings_of,
)

_STORED = "registry.main.model_releases"


def main(arguments: Sequence[str], *, build: Build | None = None) -> int:
    """Fit, compare, store; 0 when there is a candidate, 2 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.train", description=__doc__)
    add_dbt_options(parser)
    parser.add_argument(
        "--keep-parameters",
        action="store_true",
        help="keep the parameters of the release in force, for another version of a library or"
        " of the project",
    )
    options = parser.parse_args(arguments)
    try:
        _train(
            home_folder(),
            options.vars,
            build or dbt_build(options.target),
            Console(),
            keep_parameters=options.keep_parameters,
        )
    except (DryRunError, SettingsError, ReleaseError, RegistryError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _train(
    home: Path,
    variables: dict[str, Any],
    build: Build,
    console: Console,
    *,
    keep_parameters: bool,
) -> None:
    settings = settings_of(variables)
    current = release_id(settings.model_release)
    if not (home / REGISTRY_FILE).exists():
        raise DryRunError(f"{home} has no registry yet: the first build fits the first release.")
    with (
        scratch_home(home, settings, console) as scratch,
        closing(duckdb.connect(str(scratch / DIFF_FILE))) as con,
    ):
        number = _next_number(scratch, current)
        refusal = _refusal(scratch, current)
        if refusal is None:
            say(console, f"building with {current} on the copy ...")
            build(scratch, variables)
        else:
            say(
                console,
                f"{refusal}\n\nSo the comparison is with the last build, and changes of the data"
                " since then are among what follows.",
            )
        with attached(con, scratch):
            snapshot_holders(con, Side.BEFORE, with_proposed=refusal is None)
            snapshot_links(con, Side.BEFORE, link_threshold=settings.link_threshold_bits)
        _prepare(scratch, current, release_id(number), keep_parameters=keep_parameters)
        say(
            console,
            f"{'carrying over' if keep_parameters else 'fitting'} {release_id(number)} and building"
            " with it on the copy ...",
        )
        build(scratch, {**variables, "model_release": number})
        with attached(con, scratch):
            snapshot_holders(con, Side.AFTER, with_proposed=True)
            snapshot_links(con, Side.AFTER, link_threshold=settings.link_threshold_bits)
            summary = compare_holders(con, home=home)
            compare_links(con)
            compare_labels(con)
            gates = gates_of(con, limits_of(settings))
            print_diff(con, console, summary=summary, gates=gates)
            print_links(con, console)
            print_labels(con, console)
        con.close()
        with home_lock(home, settings, console):
            store_candidate(
                home, scratch, release_id(number), run_id=f"make train: {release_id(number)}"
            )
        stored = home / DIFF_FOLDER / f"release_{number}.duckdb"
        stored.parent.mkdir(exist_ok=True)
        (scratch / DIFF_FILE).replace(stored)
    say(
        console,
        f"\n{release_id(number)} is in the registry as a candidate; what it would change is in"
        f" {stored}. To put it in force, set model_release to {number} in dbt_project.yml, have"
        " the change reviewed, and build.",
    )


def _next_number(scratch: Path, current: str) -> int:
    with closing(duckdb.connect()) as con, attached(con, scratch):
        stored = stored_releases(con, _STORED)
    if current not in stored:
        raise DryRunError(
            f"the registry holds no {current} to compare with: it holds"
            f" {', '.join(stored) or 'none, and the first build fits the first'}. Set"
            " model_release to the release in force."
        )
    return release_number(stored[-1]) + 1


def _refusal(scratch: Path, current: str) -> ReleaseError | None:
    """Why builds with the current release stop, if they do."""
    with closing(duckdb.connect()) as con, attached(con, scratch):
        try:
            check_release(con, _STORED, current)
        except ReleaseError as error:
            return error
    return None


def _prepare(scratch: Path, current: str, candidate: str, *, keep_parameters: bool) -> None:
    """Make the copy's registry one whose next build fits the candidate, or already has it."""
    with closing(duckdb.connect(str(scratch / REGISTRY_FILE))) as con:
        if keep_parameters:
            carry_over(con, registry="main", release_id=current, candidate_id=candidate)
        else:
            con.execute("delete from model_releases; delete from release_frequencies")
            # the log of the copy has what was deleted, and would stop the build
            shutil.rmtree(scratch / LOG_FOLDER, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
