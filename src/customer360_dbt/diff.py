"""What the working tree would change about who is who: `python -m customer360_dbt.diff`.

Ends with 0 when the change is within its budget and no gate is closed, 1 when it is not, and 2 when
there is no diff, since the build failed or the home is in use.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import yaml
from rich.console import Console

from customer360.diff_report import print_diff, print_links, say
from customer360.identity_diff import (
    DIFF_FILE,
    DIFF_FOLDER,
    Budget,
    Side,
    attached,
    compare_holders,
    compare_links,
    gates_of,
    published_link_threshold,
    snapshot_holders,
    snapshot_links,
)
from customer360.settings import SettingsError
from customer360_dbt.dry_run import (
    Build,
    DryRunError,
    dbt_build,
    home_folder,
    limits_of,
    scratch_home,
    settings_of,
)

WITHIN, OVER, NO_DIFF = 0, 1, 2


def main(arguments: Sequence[str], *, build: Build | None = None) -> int:
    """Build on a copy, compare with the registry, print and store the difference."""
    parser = argparse.ArgumentParser(prog="python -m customer360_dbt.diff", description=__doc__)
    add_dbt_options(parser)
    parser.add_argument("--max-churn", type=float, metavar="SHARE")
    parser.add_argument("--max-merges", type=int, metavar="N")
    parser.add_argument("--max-splits", type=int, metavar="N")
    parser.add_argument("--max-moved-records", type=int, metavar="N")
    options = parser.parse_args(arguments)
    console = Console()
    budget = Budget(
        max_churn=options.max_churn,
        max_merges=options.max_merges,
        max_splits=options.max_splits,
        max_moved_records=options.max_moved_records,
    )
    try:
        over = _diff(
            home_folder(), options.vars, budget, build or dbt_build(options.target), console
        )
    except (DryRunError, SettingsError) as error:
        print(error, file=sys.stderr)
        return NO_DIFF
    for each in over:
        say(console, f"over the budget: {each}")
    return OVER if over else WITHIN


def add_dbt_options(parser: argparse.ArgumentParser) -> None:
    """The options of dbt that decide what is built."""
    parser.add_argument("--vars", type=yaml.safe_load, default={}, help="as dbt's --vars")
    parser.add_argument("--target", help="as dbt's --target")


def _diff(
    home: Path, variables: dict[str, object], budget: Budget, build: Build, console: Console
) -> list[str]:
    settings = settings_of(variables)
    with (
        scratch_home(home, settings, console) as scratch,
        closing(duckdb.connect(str(scratch / DIFF_FILE))) as con,
    ):
        with attached(con, scratch):
            snapshot_holders(con, Side.BEFORE, with_proposed=False)
            former_threshold = published_link_threshold(home)
            has_links = former_threshold is not None and snapshot_links(
                con, Side.BEFORE, link_threshold=former_threshold
            )
        say(console, "building the identity of the working tree on the copy ...")
        build(scratch, variables)
        with attached(con, scratch):
            snapshot_holders(con, Side.AFTER, with_proposed=True)
            summary = compare_holders(con, home=home)
            gates = gates_of(con, limits_of(settings))
            print_diff(con, console, summary=summary, gates=gates)
            if has_links:
                snapshot_links(con, Side.AFTER, link_threshold=settings.link_threshold_bits)
                compare_links(con)
                print_links(con, console)
        con.close()
        stored = home / DIFF_FOLDER / DIFF_FILE
        stored.parent.mkdir(exist_ok=True)
        (scratch / DIFF_FILE).replace(stored)
    say(console, f"\nstored in {stored}: identity_diff and the tables beside it")
    closed = [
        f"gate {f.gate} is closed"
        for f in gates
        if not f.is_passed and f.gate not in settings.override_gates
    ]
    return [*budget.exceeded(summary), *closed]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
