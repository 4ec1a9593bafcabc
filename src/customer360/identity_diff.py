"""What a build would change about who is who, without committing it.

Two states are compared: which GPID holds each record before and after. Counted is what happens to
records that both states have; records that come or go are said, but change nobody's identity.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from customer360.gates import Finding, Limits, evaluate_gates
from customer360.registry import (
    OPEN_FILE,
    PUBLISHED_FOLDER,
    REGISTRY_FILE,
    RESTRICTED_FILE,
    WAREHOUSE_FILE,
)

DIFF_FOLDER = "diff"
DIFF_FILE = "identity_diff.duckdb"


class Side(StrEnum):
    """One of the two states."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Budget:
    """How much a change may change; None: as much as it likes."""

    max_churn: float | None = None
    max_merges: int | None = None
    max_splits: int | None = None
    max_moved_records: int | None = None

    def exceeded(self, summary: dict[str, float]) -> list[str]:
        """What is over the budget, in words."""
        return [
            f"{name} is {summary[name]:g}, above {allowed:g}"
            for name, allowed in (
                ("churn", self.max_churn),
                ("merges", self.max_merges),
                ("splits", self.max_splits),
                ("moved_records", self.max_moved_records),
            )
            if allowed is not None and summary[name] > allowed
        ]


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, home: Path) -> Iterator[None]:
    """Attach the registry and the warehouse of a home, where there are, to read from them."""
    names = []
    for name, file in (("registry", REGISTRY_FILE), ("warehouse", WAREHOUSE_FILE)):
        if (home / file).exists():
            path = str(home / file).replace("'", "''")
            con.execute(f"attach '{path}' as {name} (read_only)")
            names.append(name)
    try:
        yield
    finally:
        for name in names:
            con.execute(f"detach {name}")


def snapshot_holders(con: duckdb.DuckDBPyConnection, side: Side, *, with_proposed: bool) -> None:
    """Keep which GPID holds each record, as `holders_before` or `holders_after`.

    Args:
        con: a connection with a home attached.
        side: which of the two states it is.
        with_proposed: as if the proposed events of the home's warehouse were committed.

    """
    con.execute(f"create or replace temp table holders_{side} ({_HOLDER_COLUMNS})")
    if _exists(con, "registry", "gpid_events"):
        con.execute(f"insert into holders_{side} {_HEAD}")
    if with_proposed:
        con.execute(
            f"""
            create or replace temp table proposed_moves as
            select record_key, gpid, party_type from warehouse.identity.identity_proposed_events
            where record_key is not null;
            delete from holders_{side} where record_key in (select record_key from proposed_moves);
            insert into holders_{side} from proposed_moves where gpid is not null
            """
        )


def snapshot_links(con: duckdb.DuckDBPyConnection, side: Side, *, link_threshold: float) -> bool:
    """Keep the pairs whose score joins them, as `links_before` or `links_after`.

    Returns:
        Whether they are known: a home whose warehouse is gone has none to compare with.

    """
    con.execute(f"create or replace temp table links_{side} ({_LINK_COLUMNS})")
    is_known = _exists(con, "warehouse", "identity_edges")
    if is_known:
        con.execute(
            f"insert into links_{side} select party_type, record_key_a, record_key_b, match_weight"
            " from warehouse.identity.identity_edges where match_weight >= ?",
            [link_threshold],
        )
    return is_known


def published_link_threshold(home: Path) -> float | None:
    """The weight from which the last published build joined records; none without one."""
    published = home / PUBLISHED_FOLDER / OPEN_FILE
    if not published.exists():
        return None
    with duckdb.connect(str(published), read_only=True) as con:
        rows = con.execute("select settings ->> 'link_threshold_bits' from build_info").fetchall()
    return float(rows[0][0])


def compare_holders(con: duckdb.DuckDBPyConnection, *, home: Path) -> dict[str, float]:
    """Store what changes: `identity_diff` and the tables that sum it up.

    Args:
        con: a connection to the file that keeps the diff, with both snapshots of the holders and
            the home of the later state attached.
        home: where the publication lies, for its audiences.

    Returns:
        The measures of `identity_diff_summary`.

    """
    con.execute(_CHANGES)
    con.execute(_SUMMARY)
    con.execute(_REVENUE)
    _compare_audiences(con, home)
    return {
        str(measure): float(value)
        for measure, value in con.execute("from identity_diff_summary").fetchall()
    }


def compare_links(con: duckdb.DuckDBPyConnection) -> None:
    """Store the links gained and lost between records of both states: `identity_diff_links`.

    Both snapshots, of holders and of links, are there.
    """
    con.execute(_LINKS)


def compare_labels(con: duckdb.DuckDBPyConnection) -> None:
    """Store how labelled pairs fare on either side: `identity_diff_labels`.

    Both snapshots, of holders and of links, are there and the later state's home is attached.
    """
    con.execute(_LABELS)


def gates_of(con: duckdb.DuckDBPyConnection, limits: Limits) -> list[Finding]:
    """What the gates would find if the attached home's proposed events were to be committed."""
    findings = evaluate_gates(
        con,
        records="warehouse.conformed.int_party_records",
        membership="warehouse.identity.identity_membership",
        events="registry.main.gpid_events",
        proposed="warehouse.identity.identity_proposed_events",
        extracts="warehouse.conformed.int_extract_counts",
        recycled="warehouse.identity.identity_recycled_keys",
        limits=limits,
    )
    con.execute(
        "create or replace table identity_diff_gates (gate varchar, measured double,"
        " allowed double, is_passed boolean, detail varchar)"
    )
    con.executemany(
        "insert into identity_diff_gates values (?, ?, ?, ?, ?)",
        [[f.gate.value, f.measured, f.allowed, f.is_passed, f.detail] for f in findings],
    )
    return findings


def _compare_audiences(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Count the members of published audiences whose records come together or apart."""
    con.execute(
        "create or replace table identity_diff_audiences (audience varchar, members bigint,"
        " affected bigint)"
    )
    for file in (RESTRICTED_FILE, OPEN_FILE):
        published = home / PUBLISHED_FOLDER / file
        if not published.exists():
            continue
        path = str(published).replace("'", "''")
        con.execute(f"attach '{path}' as publication (read_only)")
        try:
            _count_members(con)
        finally:
            con.execute("detach publication")


def _count_members(con: duckdb.DuckDBPyConnection) -> None:
    """Count the members of each audience of the attached publication that is not counted yet."""
    names = con.execute(
        """
        select table_name from duckdb_columns()
        where database_name = 'publication' and column_name = 'gpid'
            and starts_with(table_name, 'audience_')
            and table_name not in (select audience from identity_diff_audiences)
        order by table_name
        """
    ).fetchall()
    for (name,) in names:
        con.execute(
            f"""
            insert into identity_diff_audiences
            select ?, count(distinct gpid), count(distinct gpid) filter (gpid in (
                select gpid_before from identity_diff_records
                union all
                select gpid_after from identity_diff_records
            ))
            from publication.main."{name}"
            """,
            [name],
        )


def _exists(con: duckdb.DuckDBPyConnection, database: str, table: str) -> bool:
    rows = con.execute(
        "select 1 from duckdb_tables() where database_name = ? and table_name = ?",
        [database, table],
    ).fetchall()
    return bool(rows)


_HOLDER_COLUMNS = "record_key varchar, gpid varchar, party_type varchar"
_LINK_COLUMNS = (
    "party_type varchar, record_key_a varchar, record_key_b varchar, match_weight double"
)

_HEAD = """
select record_key, holder, party_type
from (
    select
        record_key,
        max_by(coalesce(gpid, ''), commit_number) as holder,
        max_by(party_type, commit_number) as party_type
    from registry.main.gpid_events
    where record_key is not null
    group by record_key
)
where holder <> ''
"""

# Of the records that both states have, those that change their GPID; and what that means for the
# parties: one that ends was merged, one that starts was split off, others exchanged records.
_CHANGES = """
create or replace table identity_diff_records as
select
    record_key,
    holders_after.party_type,
    holders_before.gpid as gpid_before,
    holders_after.gpid as gpid_after
from holders_before
inner join holders_after using (record_key)
where holders_before.gpid <> holders_after.gpid;

create or replace table identity_diff as
with flows as (
    select
        party_type,
        gpid_before,
        gpid_after,
        gpid_before not in (select gpid from holders_after) as is_ended,
        gpid_after not in (select gpid from holders_before) as is_new,
        count(*) as records,
        min(record_key) as example_record_key
    from identity_diff_records
    group by party_type, gpid_before, gpid_after
)
select
    'merge' as change,
    gpid_before as gpid,
    max_by(gpid_after, (records, gpid_after)) as other_gpid,
    any_value(party_type) as party_type,
    cast(sum(records) as bigint) as records,
    min(example_record_key) as example_record_key
from flows where is_ended group by gpid_before
union all
select
    'split',
    gpid_after,
    max_by(gpid_before, (records, gpid_before)),
    any_value(party_type),
    cast(sum(records) as bigint),
    min(example_record_key)
from flows where is_new group by gpid_after
union all
select 'move', gpid_after, gpid_before, party_type, records, example_record_key
from flows where not is_ended and not is_new
"""

_SUMMARY = """
create or replace table identity_diff_summary as
with counted as (
    select
        (select count(*) from holders_before) as records_before,
        (select count(*) from holders_after) as records_after,
        (select count(*) from holders_before semi join holders_after using (record_key))
            as records_in_both,
        (select count(*) from identity_diff_records) as moved_records,
        (select count(distinct gpid) from holders_before) as parties_before,
        (select count(distinct gpid) from holders_after) as parties_after,
        (select count(*) from identity_diff where change = 'merge') as merges,
        (select count(*) from identity_diff where change = 'split') as splits,
        (select count(*) from identity_diff where change = 'move') as moves
),
measured as (
    select columns(*)::double, coalesce(moved_records / nullif(records_in_both, 0), 0) as churn
    from counted
)
unpivot measured on columns(*) into name measure value value
"""

# the orders that would count for another party, in their own currencies
_REVENUE = """
create or replace table identity_diff_revenue as
select
    currency_code,
    count(*) as orders,
    sum(total_amount) as amount,
    count(*) filter (record_key in (select record_key from identity_diff_records))
        as moved_orders,
    coalesce(sum(total_amount) filter (
        record_key in (select record_key from identity_diff_records)
    ), 0) as moved_amount
from warehouse.conformed.int_orders
where is_sale
group by currency_code
order by currency_code
"""

_LINKS = """
create or replace table identity_diff_links as
with in_both as (
    select record_key from holders_before semi join holders_after using (record_key)
)
select
    case when links_before.record_key_a is null then 'gained' else 'lost' end as change,
    coalesce(links_before.party_type, links_after.party_type) as party_type,
    record_key_a,
    record_key_b,
    coalesce(links_before.match_weight, links_after.match_weight) as match_weight
from links_before
full outer join links_after using (record_key_a, record_key_b)
where (links_before.match_weight is null or links_after.match_weight is null)
    and record_key_a in (from in_both)
    and record_key_b in (from in_both)
"""

# A decision holds whatever the score says, so the score is judged; of records whose true party is
# known, the parties that came out are.
_LABELS = """
create or replace table identity_diff_labels as
with decided as (
    select
        (decisions.decision = 'same') = (links_before.match_weight is not null) as right_before,
        (decisions.decision = 'same') = (links_after.match_weight is not null) as right_after
    from warehouse.identity.identity_decisions as decisions
    left join links_before using (record_key_a, record_key_b)
    left join links_after using (record_key_a, record_key_b)
    where decisions.status = 'in force'
),
known as (
    select
        known_party,
        holders_before.gpid as gpid_before,
        holders_after.gpid as gpid_after
    from warehouse.conformed.int_known_parties
    inner join holders_before using (record_key)
    inner join holders_after using (record_key)
),
pairs as (
    select
        (select coalesce(sum(n * (n - 1) // 2), 0) from (
            select count(*) as n from known group by known_party)) as true_pairs,
        (select coalesce(sum(n * (n - 1) // 2), 0) from (
            select count(*) as n from known group by gpid_before)) as joined_before,
        (select coalesce(sum(n * (n - 1) // 2), 0) from (
            select count(*) as n from known group by gpid_after)) as joined_after,
        (select coalesce(sum(n * (n - 1) // 2), 0) from (
            select count(*) as n from known group by known_party, gpid_before)) as common_before,
        (select coalesce(sum(n * (n - 1) // 2), 0) from (
            select count(*) as n from known group by known_party, gpid_after)) as common_after
)
select
    'decisions that the score agrees with' as measure,
    count(*) as labels,
    avg(right_before::integer) as "before",
    avg(right_after::integer) as "after"
from decided
union all
select 'precision on known parties', (select count(*) from known),
    common_before / nullif(joined_before, 0), common_after / nullif(joined_after, 0)
from pairs
union all
select 'recall on known parties', (select count(*) from known),
    common_before / nullif(true_pairs, 0), common_after / nullif(true_pairs, 0)
from pairs
"""
