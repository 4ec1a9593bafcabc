"""Accept what the models promise readers as the public interface: `make interface`.

Additions are written down. What breaks somebody's query has to be announced first.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from customer360 import interface
from customer360.interface import BREAKING_CHANGES, SNAPSHOT, InterfaceError
from customer360_dbt.dictionary import DictionaryError, parse, published_tables

DONE, FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Write the snapshot and say what is new in it; a break that nobody announced is an error."""
    parser = argparse.ArgumentParser(
        prog="python -m customer360_dbt.interface", description=__doc__
    )
    parser.parse_args(arguments)
    snapshot = Path(SNAPSHOT)
    try:
        present = interface.declared(published_tables(parse()))
        changes = interface.accept(
            interface.read_snapshot(snapshot.read_text("utf-8")) if snapshot.exists() else [],
            present,
            interface.read_announcements(Path(BREAKING_CHANGES).read_text("utf-8")),
            today=datetime.now(UTC).date().isoformat(),
        )
    except (DictionaryError, InterfaceError) as error:
        print(error, file=sys.stderr)
        return FAILED
    snapshot.write_text(interface.as_csv(present), "utf-8")
    for change in changes:
        print(change)
    print(f"{snapshot}: {len(present)} columns, {len(changes)} changes")
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
