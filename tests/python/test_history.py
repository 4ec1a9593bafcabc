"""The bridge, the redirects and the feed of changes, over the project's own SQL and any history."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.published_functions import IS_VALID_GPID, published_functions
from tests.project.builds import PROJECT
from tests.python.registry_world import (
    RECORDS,
    Partition,
    People,
    Reference,
    World,
    parties,
    partitions,
)

CORE = PROJECT / "models" / "marts" / "core"
MODELS = ("bridge_party_source", "gpid_redirect_history", "gpid_redirect", "gpid_history")
# what the bridge reads besides the registry: nothing here has a score
NOTHING = """
create view gpid_events as from registry.main.gpid_events;
create table identity_membership (record_key varchar, cluster_id varchar);
create table identity_edges (record_key_a varchar, record_key_b varchar, match_probability double);
create table identity_declared_edges (record_key_a varchar, record_key_b varchar, weight double);
"""
SOURCE_KEY = (PROJECT / "macros" / "source_key_of.sql").read_text("utf-8")


def sql_of(model: Path) -> str:
    """A model's SQL over tables that are named as the models are."""
    template = jinja2.Environment().from_string(SOURCE_KEY + model.read_text("utf-8"))
    return template.render(ref=lambda name: name, config=lambda **_: "")


MODEL_SQL = {name: sql_of(CORE / f"{name}.sql") for name in MODELS}
# bridge_as_of and gpid_changes; the others need the rest of the publication
FUNCTIONS = published_functions(is_open=True)
HISTORY_FUNCTIONS = FUNCTIONS[
    FUNCTIONS.index("create macro bridge_as_of") : FUNCTIONS.index("create macro explain_link")
]

Copy = tuple[dict[str, str], dict[str, str]]


def publish(world: World) -> duckdb.DuckDBPyConnection:
    con = world.con
    con.execute(NOTHING)
    for name, sql in MODEL_SQL.items():
        con.execute(f"create table {name} as {sql}")
    con.execute(HISTORY_FUNCTIONS)
    return con


def follow(con: duckdb.DuckDBPyConnection, copy: Copy, since: int, until: int = 999) -> Copy:
    """What docs/identity.md tells a system to do that stores GPIDs."""
    places, redirects = dict(copy[0]), dict(copy[1])
    for change, record, old, new in con.execute(
        "select change_type, record_key, old_gpid, new_gpid from gpid_changes($since)"
        " where commit_number <= $until",
        {"since": since, "until": until},
    ).fetchall():
        if change in ("moved", "recycled"):
            changed, key = places, record
        elif change in ("merged", "redirected", "erased"):
            changed, key = redirects, old
        elif change == "restored":
            changed, key, new = redirects, new, None
        else:
            continue
        if new is None:
            changed.pop(key, None)
        else:
            changed[key] = new
    return places, redirects


Step = tuple[Partition, dict[str, int]] | int


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Partitions and whom some keys stand for, and now and then the number of a GPID to erase."""
    people = st.dictionaries(st.sampled_from(RECORDS), st.integers(0, 2), max_size=3)
    builds = st.tuples(partitions(), people)
    return draw(st.lists(st.one_of(builds, builds, st.integers(0, 9)), min_size=2, max_size=7))


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_any_history_can_be_read_as_of_any_commit_and_followed_from_it(
    history: list[Step], data: st.DataObject
) -> None:
    check_history(history, data)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(histories(), st.data())
def test_hundreds_of_histories_can_be_read_and_followed(
    history: list[Step], data: st.DataObject
) -> None:
    check_history(history, data)


def check_history(history: list[Step], data: st.DataObject) -> None:
    world, reference, keys = World(), Reference(), People()
    seen: dict[int, tuple[datetime, Copy]] = {}
    for step in history:
        if isinstance(step, int):
            if step < len(world.minted()):
                gpid = world.minted()[step]
                if not reference.gpids[gpid].is_erased:
                    world.erase(gpid)
                    reference.erase(gpid)
        else:
            partition, people = step
            records = frozenset[str]().union(*(c.records for c in partition))
            everybody = {r: people.get(r, keys.present.get(r, 0)) for r in records}
            recycled = keys.recycle(everybody)
            world.build(partition, recycled)
            reference.build(partition, recycled)
            keys.see(everybody, reference.commits)
        seen[reference.commits] = world.now, (dict(reference.holders), reference.redirects())
    con = publish(world)

    current = "select record_key, gpid from bridge_party_source where is_current order by all"
    assert con.execute(current).fetchall() == sorted(reference.holders.items())
    assert dict(con.execute("select retired_gpid, live_gpid from gpid_redirect").fetchall()) == (
        reference.redirects()
    )

    for commit, (at, (places, redirects)) in seen.items():
        for moment in (commit, at, str(at)):
            rows = con.execute("select record_key, gpid from bridge_as_of(?)", [moment]).fetchall()
            assert len(rows) == len(places)
            assert dict(rows) == places, f"as of {moment!r}"
        assert follow(con, ({}, {}), since=0, until=commit) == (places, redirects)

    commit = data.draw(st.sampled_from(sorted(seen)))
    now = (reference.holders, reference.redirects())
    assert follow(con, seen[commit][1], since=commit) == now
    check_intervals(con)


def check_intervals(con: duckdb.DuckDBPyConnection) -> None:
    """Half-open and in order, by commits and by time; a gap only while the record was gone."""
    for sql in (
        "from bridge_party_source where valid_to_commit <= valid_from_commit"
        " or valid_to <= valid_from or (valid_to is null) <> (valid_to_commit is null)",
        "from bridge_party_source as a join bridge_party_source as b using (record_key)"
        " where a.valid_from_commit < b.valid_from_commit"
        " and (a.valid_to_commit is null or a.valid_to_commit > b.valid_from_commit"
        "     or a.valid_to > b.valid_from)",
        "from gpid_redirect_history as a join gpid_redirect_history as b using (retired_gpid)"
        " where a.valid_from_commit < b.valid_from_commit"
        " and (a.valid_to_commit is null or a.valid_to_commit > b.valid_from_commit)",
        "from gpid_redirect_history where valid_to_commit <= valid_from_commit",
    ):
        assert con.execute(sql).fetchall() == []


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two people, who were taken for one for a while."""
    world = World()
    for partition in (parties("01", "2"), parties("012"), parties("01", "2")):
        world.build(partition)
    with publish(world) as con:
        yield con


def test_a_report_can_be_shown_as_it_was_and_restated(con: duckdb.DuckDBPyConnection) -> None:
    count = "select count(distinct gpid) from bridge_as_of({})"
    assert [con.execute(count.format(n)).fetchall()[0][0] for n in range(5)] == [0, 2, 1, 2, 2]
    assert con.execute(count.format("timestamp '2026-01-03 12:00:00'")).fetchall() == [(1,)]
    assert con.execute(count.format("date '2026-01-03'")).fetchall() == [(2,)]
    assert con.execute(count.format("'2026-01-03T21:00:00+09:00'::timestamptz")).fetchall() == [
        (1,)
    ]


@pytest.mark.parametrize("moment", ["'yesterday'", "null", "1.5", "''"])
def test_as_of_what_is_neither_a_commit_nor_a_time_is_an_error(
    con: duckdb.DuckDBPyConnection, moment: str
) -> None:
    with pytest.raises(duckdb.Error, match="takes a commit number or a timestamp"):
        con.execute(f"from bridge_as_of({moment})").fetchall()


def test_the_feed_since_the_last_commit_is_empty(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("from gpid_changes(3)").fetchall() == []
    assert [r[3] for r in con.execute("from gpid_changes(2)").fetchall()] == [
        "restored",
        "split_from",
        "moved",
    ]


def test_a_published_gpid_is_checked_in_sql(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(IS_VALID_GPID)
    assert con.execute(
        "select bool_and(is_valid_gpid(gpid)), bool_or(is_valid_gpid(lower(gpid)))"
        " from bridge_party_source"
    ).fetchall() == [(True, False)]


def test_a_dormant_gpid_leads_to_where_one_of_its_records_came_back() -> None:
    world = World()
    for partition in (parties("01", "2"), parties("2"), parties("02")):
        world.build(partition)
    con = publish(world)
    ((live, reason),) = con.execute("select live_gpid, reason from gpid_redirect").fetchall()
    assert (live, reason) == (world.holders()[RECORDS[2]], "retired")


def test_a_gpid_does_not_lead_to_whom_its_key_was_given_to() -> None:
    """In place, and after a while: 0 was the last record of a retired GPID."""
    for between in ((), (parties("2"),)):
        world = World()
        world.build(parties("0", "2"))
        for partition in between:
            world.build(partition)
        world.build(parties("02"), {RECORDS[0]: None})
        con = publish(world)
        assert con.execute("from gpid_redirect").fetchall() == []
        assert con.execute(
            "select change_type from gpid_history where record_key = ? order by commit_number",
            [RECORDS[0]],
        ).fetchall()[-1] == ("recycled",)


def test_the_worked_query_moves_orders_as_the_parties_moved() -> None:
    """Reported for two people, who were one all along: the sums are equal, the owners are not."""
    world = World()
    world.build(parties("01", "2"))
    before = world.holders()
    world.build(parties("012"))
    after = world.holders()[RECORDS[0]]
    other = ({before[RECORDS[0]], before[RECORDS[2]]} - {after}).pop()
    con = publish(world)
    con.execute(
        "create table fct_orders as select * from (values (?, 10, '2026-01-01'::timestamp),"
        " (?, 5, '2026-01-01'), (?, 100, '2026-01-09'))"
        " as t (record_key, total_amount, ordered_at)",
        [RECORDS[0], RECORDS[2], RECORDS[0]],
    )
    con.execute("alter table fct_orders add column currency_code varchar default 'JPY'")
    con.execute("alter table fct_orders add column is_sale boolean default true")
    rows = con.execute(sql_of(PROJECT / "analyses/orders_as_reported_and_restated.sql")).fetchall()
    kept, lost = (10, 5) if after == before[RECORDS[0]] else (5, 10)
    assert sorted(rows) == sorted(
        [(after, None, "JPY", 1, 2, kept, 15), (other, after, "JPY", 1, 0, lost, 0)]
    )
