"""A week in the life of four records: `python -m customer360.walkthrough`.

Each day has a partition of the records; the assigner that builds use commits it to a registry in
memory. What is printed is what docs/identity.md shows.
"""

import sys
from datetime import datetime, timedelta

import duckdb

from customer360.assignment import Commit, propose_events
from customer360.keys import DEVELOPMENT_KEY, IdKey
from customer360.registry import create_tables

# what happened, and which records match each other from then on; a record with an asterisk stands
# for somebody else than the day before
_DAYS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("Two customers", (("crm/1", "crm/2"), ("shop/7",))),
    ("A new record matches the second", (("crm/1", "crm/2"), ("shop/7", "mail/t"))),
    ("The two are taken for one", (("crm/1", "crm/2", "shop/7", "mail/t"),)),
    ("A steward decides that they are two", (("crm/1", "crm/2"), ("shop/7", "mail/t"))),
    (
        "The mail address turns out to be the first one's",
        (("crm/1", "crm/2", "mail/t"), ("shop/7",)),
    ),
    ("It is somebody else's altogether", (("crm/1", "crm/2"), ("mail/t",), ("shop/7",))),
    ("The shop deletes its customer", (("crm/1", "crm/2"), ("mail/t",))),
    ("And delivers it again", (("crm/1", "crm/2"), ("mail/t",), ("shop/7",))),
    ("Number 7 is given to a new customer", (("crm/1", "crm/2"), ("mail/t",), ("shop/7*",))),
)


def main() -> int:
    """Print the events of each day."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as registry")
    create_tables(con)
    IdKey(DEVELOPMENT_KEY.encode()).register_minting(con)
    con.execute(
        "create table partition (record_key varchar, cluster_id varchar, party_type varchar);"
        " create table recycled (record_key varchar, was_in_commit bigint)"
    )
    for day, (what, clusters) in enumerate(_DAYS, start=1):
        con.execute("delete from partition")
        con.executemany(
            "insert into partition values (rtrim(?, '*'), ?, 'person')",
            [(record, cluster[0]) for cluster in clusters for record in cluster],
        )
        con.executemany(
            "insert into recycled select rtrim($1, '*'), null where $1 like '%*'",
            [(record,) for cluster in clusters for record in cluster],
        )
        at = datetime(2026, 3, 1) + timedelta(days=day)
        commit = Commit(f"run {day}", "walkthrough", at)
        propose_events(con, "partition", commit, recycled="recycled").create("events")
        con.execute("insert into registry.main.gpid_events from events")
        print(f"{day}. {what}: {', '.join(' + '.join(cluster) for cluster in clusters)}")
        con.sql(
            "select event_type, coalesce(gpid, '') as gpid, coalesce(other_gpid, '') as other_gpid,"
            " coalesce(record_key, '') as record_key, reason from events order by event_number"
        ).show(max_width=200, max_rows=200)
        con.execute("drop table events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
