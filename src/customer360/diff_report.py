"""Say what an identity diff found, for the terminal: with names, which its file does not have."""

from collections.abc import Sequence

import duckdb
from rich.console import Console
from rich.table import Table

from customer360.gates import Finding

_EXAMPLES = 10


def print_diff(
    con: duckdb.DuckDBPyConnection,
    console: Console,
    *,
    summary: dict[str, float],
    gates: Sequence[Finding],
) -> None:
    """Print the measures, the largest changes by name, revenue, audiences and closed gates.

    Args:
        con: the connection that made the diff, with the later state's home attached.
        console: where to.
        summary: the measures.
        gates: what the gates found.

    """
    console.print()
    for before, after, what in (
        ("records_before", "records_after", "records"),
        ("parties_before", "parties_after", "parties"),
    ):
        say(console, f"{what}: {summary[before]:,.0f} before, {summary[after]:,.0f} after")
    say(
        console,
        f"of the {summary['records_in_both']:,.0f} records that were and are here,"
        f" {summary['moved_records']:,.0f} change their GPID ({summary['churn']:.2%}):"
        f" merges {summary['merges']:,.0f}, splits {summary['splits']:,.0f},"
        f" moves between parties {summary['moves']:,.0f}",
    )
    _print_changes(con, console)
    _print_rows(
        con,
        console,
        ("currency", "orders", "amount", "orders that move", "amount that moves"),
        "select coalesce(currency_code, '?'), format('{:,}', orders), format('{:,.2f}',"
        " amount::double), format('{:,}', moved_orders), format('{:,.2f}', moved_amount::double)"
        " from identity_diff_revenue where moved_orders > 0",
    )
    _print_rows(
        con,
        console,
        ("audience", "members", "affected"),
        "select audience, format('{:,}', members), format('{:,}', affected)"
        " from identity_diff_audiences",
    )
    for finding in gates:
        if not finding.is_passed:
            say(console, f"\ngate {finding.gate} would be closed: {finding.detail}")


def print_links(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print how many links are gained and lost, and those that weigh most, with names."""
    total = con.execute("select count(*) from identity_diff_links").fetchall()[0][0]
    _print_rows(
        con,
        console,
        ("links", "party type", "number"),
        "select change, party_type, format('{:,}', count(*)) from identity_diff_links"
        " group by all order by all",
    )
    if total:
        con.execute(_NAMED_LINKS.format(names=_NAMES, limit=_EXAMPLES))
        console.print()
        for line in con.execute("select line from named_links order by place").fetchall():
            say(console, *line)
        if total > _EXAMPLES:
            say(console, f"and {total - _EXAMPLES:,} more")


def print_labels(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    """Print how labelled pairs fare."""
    _print_rows(
        con,
        console,
        ("labels", "number", "before", "after"),
        """
        select measure, format('{:,}', labels), coalesce(format('{:.4f}', "before"), '-'),
            coalesce(format('{:.4f}', "after"), '-')
        from identity_diff_labels where labels > 0
        """,
    )


def say(console: Console, text: str) -> None:
    """Print a line as it is: unbroken, so that it can be searched and copied."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _print_changes(con: duckdb.DuckDBPyConnection, console: Console) -> None:
    total = con.execute("select count(*) from identity_diff").fetchall()[0][0]
    if not total:
        return
    con.execute(_NAMED.format(names=_NAMES, limit=_EXAMPLES))
    console.print()
    for line in con.execute("select line from named_changes order by place").fetchall():
        say(console, *line)
    if total > _EXAMPLES:
        say(console, f"and {total - _EXAMPLES:,} more")


def _print_rows(
    con: duckdb.DuckDBPyConnection, console: Console, columns: Sequence[str], query: str
) -> None:
    rows = con.execute(query).fetchall()
    if not rows:
        return
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*(str(value) for value in row))
    console.print()
    console.print(table, markup=False)


_NAMES = """
    select
        record_key,
        coalesce(
            full_name,
            nullif(trim(concat_ws(' ', family_name, given_name)), ''),
            organization_name,
            emails[1],
            record_key
        ) as name
    from warehouse.conformed.int_party_records"""

# The links that weigh most. A record that is gone has no name any more.
_NAMED_LINKS = """
create or replace temp table named_links as
with examples as (
    select * from identity_diff_links
    order by match_weight desc, record_key_a, record_key_b
    limit {limit}
),
names as ({names}
)
select
    row_number() over (order by match_weight desc, record_key_a, record_key_b) as place,
    'link ' || change || ' (' || format('{{:.1f}}', match_weight) || ' bits): '
    || record_key_a || coalesce(' (' || names_a.name || ')', '')
    || ' and ' || record_key_b || coalesce(' (' || names_b.name || ')', '') as line
from examples
left join names as names_a on examples.record_key_a = names_a.record_key
left join names as names_b on examples.record_key_b = names_b.record_key"""

# The largest changes. A party that ends is named by what it held before, one that starts by what it
# holds after.
_NAMED = """
create or replace temp table named_changes as
with examples as (
    select * from identity_diff order by records desc, change, gpid, other_gpid limit {limit}
),
names as ({names}
),
held as (
    select record_key, gpid, 'before' as side from holders_before
    union all
    select record_key, gpid, 'after' as side from holders_after
),
party_names as (
    select gpid, side, array_to_string(list(distinct name order by name)[:3], ', ') as names
    from held
    inner join names using (record_key)
    where gpid in (select gpid from examples union select other_gpid from examples)
    group by gpid, side
)
select
    row_number() over (
        order by examples.records desc, change, examples.gpid, examples.other_gpid
    ) as place,
    change || ' ' || examples.gpid || coalesce(' (' || own.names || ')', '')
    || case change when 'merge' then ' into ' else ' from ' end
    || examples.other_gpid || coalesce(' (' || other.names || ')', '')
    || ': ' || examples.records
    || case when examples.records = 1 then ' record, ' else ' records, such as ' end
    || examples.example_record_key as line
from examples
left join party_names as own
    on examples.gpid = own.gpid
    and own.side = case change when 'split' then 'after' else 'before' end
left join party_names as other
    on examples.other_gpid = other.gpid
    and other.side = case change when 'split' then 'after' else 'before' end"""
