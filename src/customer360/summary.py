"""What a build found, in a few lines: `python -m customer360.summary`."""

import os
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER, RESTRICTED_FILE


def summarize(home: Path, console: Console) -> None:
    """Print records per system, parties, merged records, the published files and a first query."""
    published = home / PUBLISHED_FOLDER / OPEN_FILE
    restricted = home / PUBLISHED_FOLDER / RESTRICTED_FILE
    with duckdb.connect(str(published), read_only=True) as con:
        systems = con.execute(
            """
            select
                source_system,
                count(*),
                count(distinct gpid),
                count(*) filter (where gpid in (
                    select gpid from bridge_party_source where is_current
                    group by gpid having count(distinct source_system) > 1
                ))
            from bridge_party_source
            where is_current
            group by source_system
            order by source_system
            """
        ).fetchall()
        records, parties = con.execute(
            "select count(*), count(distinct gpid) from bridge_party_source where is_current"
        ).fetchall()[0]
        quarantined = con.execute(
            "select coalesce(sum(quarantined), 0) from source_reconciliation"
        ).fetchall()[0][0]
        example = con.execute(
            "select source_system, source_key from bridge_party_source where is_current"
            " and not contains(source_key, '''')"
            " order by count(*) over (partition by gpid) desc, record_key limit 1"
        ).fetchall()
    table = Table("system", "party records", "parties", "also known elsewhere", box=None)
    for system, count, gpids, shared in systems:
        table.add_row(system, f"{count:,}", f"{gpids:,}", f"{shared:,}")
    console.print()
    console.print(table)
    console.print(
        f"\n{records:,} party records are {parties:,} parties ({records - parties:,} merged);"
        f" rows in quarantine: {quarantined:,}."
    )
    console.print(f"Published: {published}\n           {restricted} (direct personal data)")
    if example:
        system, key = example[0]
        console.print("\nTry:")
        console.print(
            f"  .venv/bin/python -m customer360.query \"from resolve('{system}', '{key}')\"",
            highlight=False,
            soft_wrap=True,
        )


if __name__ == "__main__":
    summarize(Path(os.environ.get("CUSTOMER360_HOME", "data")), Console())
