"""Ask the published files a question: `python -m customer360.query "from dim_party limit 5"`.

Any DuckDB client reads the files; this is for those who have none installed.
"""

import argparse
import os
import sys
from pathlib import Path

import duckdb

from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER, RESTRICTED_FILE

# characters of a printed line, and rows
MAX_WIDTH = 200
MAX_ROWS = 200


def main(arguments: list[str]) -> int:
    """Run one query read-only and print its rows."""
    parser = argparse.ArgumentParser(prog="python -m customer360.query")
    parser.add_argument("sql", help="a query over the published tables and functions")
    parser.add_argument(
        "--restricted", action="store_true", help="read the file with direct personal data"
    )
    options = parser.parse_args(arguments)
    home = Path(os.environ.get("CUSTOMER360_HOME", "data"))
    published = home / PUBLISHED_FOLDER / (RESTRICTED_FILE if options.restricted else OPEN_FILE)
    if not published.exists():
        print(f"{published} does not exist yet: run `make build` first.", file=sys.stderr)
        return 1
    with duckdb.connect(str(published), read_only=True) as con:
        try:
            con.sql(options.sql).show(max_width=MAX_WIDTH, max_rows=MAX_ROWS)
        except duckdb.Error as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
