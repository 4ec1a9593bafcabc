"""How GPIDs behave: properties of `propose_events` on small worlds."""

from datetime import datetime, timedelta
from itertools import permutations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.assignment import Commit, Overlap, match_overlaps, propose_events
from customer360.keys import IdKey, is_valid_gpid
from customer360.registry import create_tables

Partition = list[set[str]]
KEY = IdKey(b"a key for tests, thirty-two bytes")
NOON = datetime(2026, 1, 1, 12)


class World:
    """A registry in memory, and the commits made to it."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("attach ':memory:' as registry")
        create_tables(self.con)
        KEY.register(self.con)

    def build(self, partition: Partition, at: datetime = NOON) -> list[tuple[str, str, str]]:
        rows = [(r, min(c), "person") for c in partition for r in c]
        table = pa.table(
            {
                n: [row[i] for row in rows]
                for i, n in enumerate(("record_key", "cluster_id", "party_type"))
            },
            schema=pa.schema(
                [(n, pa.string()) for n in ("record_key", "cluster_id", "party_type")]
            ),
        )
        self.con.register("new_partition", table)
        propose_events(self.con, "new_partition", Commit("run", "test", at)).create("events")
        self.con.execute("insert into registry.main.gpid_events select * from events")
        events = self.con.execute(
            "select event_type, gpid, other_gpid from events where record_key is null"
            " order by event_number"
        ).fetchall()
        self.con.execute("drop table events")
        return events

    def holders(self) -> dict[str, str]:
        return dict(
            self.con.execute(
                "select record_key, max_by(coalesce(gpid, ''), commit_number) as g"
                " from registry.main.gpid_events where record_key is not null"
                " group by 1 having g <> ''"
            ).fetchall()
        )

    def parties(self) -> dict[str, set[str]]:
        parties: dict[str, set[str]] = {}
        for record, gpid in self.holders().items():
            parties.setdefault(gpid, set()).add(record)
        return parties

    def ever(self) -> set[str]:
        query = "select gpid from registry.main.gpid_events where event_type = 'minted'"
        rows = self.con.execute(query).fetchall()
        assert len(rows) == len(set(rows)), "a GPID was minted twice"
        return {row[0] for row in rows}


RECORDS = [f"r{i}" for i in range(8)]


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    labels = draw(st.lists(st.integers(0, 5), min_size=len(RECORDS), max_size=len(RECORDS)))
    clusters: dict[int, set[str]] = {}
    for record, label in zip(RECORDS, labels, strict=True):
        if label < 5:  # 5: the record does not exist
            clusters.setdefault(label, set()).add(record)
    return list(clusters.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=4))
def test_clusters_and_live_gpids_are_one_to_one_after_every_build(history: list[Partition]) -> None:
    world = World()
    before: set[str] = set()
    for partition in history:
        world.build(partition)
        assert sorted(map(sorted, world.parties().values())) == sorted(map(sorted, partition))
        assert before <= world.ever(), "ids only grow"
        before = world.ever()
        assert all(is_valid_gpid(gpid) for gpid in before)


@settings(max_examples=40, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=3))
def test_building_the_same_again_changes_nothing(history: list[Partition]) -> None:
    world = World()
    for partition in history:
        world.build(partition)
    holders = world.holders()
    assert world.build(history[-1]) == []
    assert world.holders() == holders


@settings(max_examples=40, deadline=None)
@given(st.lists(partitions(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(history: list[Partition], random) -> None:
    world, shuffled = World(), World()
    for partition in history:
        world.build(partition)
        random.shuffle(partition)
        shuffled.build(partition)
    assert world.holders() == shuffled.holders()


@settings(max_examples=60, deadline=None)
@given(partitions(), st.data())
def test_undoing_a_merge_restores_every_id(partition: Partition, data: st.DataObject) -> None:
    world = World()
    world.build(partition)
    before = world.holders()
    count = len(partition)
    if count < 2:
        return
    merged = data.draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=count))
    together: set[str] = set().union(*(partition[i] for i in merged))
    rest = [c for i, c in enumerate(partition) if i not in merged]
    world.build([together, *rest])
    survivor = world.holders()[min(together)]
    assert survivor in {before[r] for r in together}
    world.build(partition)
    assert world.holders() == before


@settings(max_examples=40, deadline=None)
@given(partitions())
def test_records_that_come_back_get_their_ids_back(partition: Partition) -> None:
    world = World()
    world.build(partition)
    before = world.holders()
    world.build([])
    assert world.holders() == {}
    world.build(partition)
    assert world.holders() == before


def test_the_party_with_most_records_survives_a_merge_and_the_older_one_a_tie() -> None:
    world = World()
    world.build([{"r0"}, {"r1", "r2"}])
    big = world.holders()["r1"]
    small = world.holders()["r0"]
    assert ("merged", small, big) in world.build([{"r0", "r1", "r2"}])
    tie = World()
    tie.build([{"r5"}])
    older = tie.holders()["r5"]
    tie.build([{"r5"}, {"r1"}])
    tie.build([{"r1", "r5"}])
    assert tie.holders() == {"r1": older, "r5": older}


def test_the_largest_part_keeps_the_id_in_a_split() -> None:
    world = World()
    world.build([{"r0", "r1", "r2"}])
    gpid = world.holders()["r1"]
    events = world.build([{"r0"}, {"r1", "r2"}])
    assert world.holders()["r1"] == gpid
    assert ("split_from", world.holders()["r0"], gpid) in events


def test_commits_stay_in_order_when_the_clock_is_set_back() -> None:
    world = World()
    world.build([{"r0"}], at=NOON)
    world.build([{"r0"}, {"r1"}], at=NOON - timedelta(days=1))
    times = world.con.execute(
        "select distinct commit_number, committed_at from registry.main.gpid_events order by 1"
    ).fetchall()
    assert [number for number, _ in times] == [1, 2]
    assert times[0][1] < times[1][1]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4)),
        min_size=1,
        max_size=8,
        unique_by=lambda t: t[:2],
    )
)
def test_matching_keeps_as_many_records_as_brute_force(cells: list[tuple[int, int, int]]) -> None:
    overlaps = [Overlap(f"g{g}", f"c{c}", n) for g, c, n in cells]
    order = {f"{kind}{i}": i for kind in "gc" for i in range(4)}
    matched = match_overlaps(overlaps, gpid_order=order, cluster_order=order).gpids
    weight = {(o.gpid, o.cluster_id): o.records for o in overlaps}
    kept = sum(weight[g, c] for c, g in matched.items())
    best = max(
        sum(weight.get((f"g{g}", f"c{c}"), 0) for g, c in enumerate(p))
        for p in permutations(range(4))
    )
    assert kept == best
    assert len(set(matched.values())) == len(matched)


@pytest.mark.parametrize("damage", [0, 5, 17])
def test_a_mistyped_gpid_is_noticed(damage: int) -> None:
    gpid = KEY.mint("a/b/c/1", 0)
    other = "2" if gpid[damage] != "2" else "3"
    assert is_valid_gpid(gpid)
    assert not is_valid_gpid(gpid[:damage] + other + gpid[damage + 1 :])


def test_a_record_that_changes_its_party_type_leaves_its_gpid_behind() -> None:
    world = World()
    world.build([{"r0"}])
    person = world.holders()["r0"]
    world.con.execute(
        "create view typed as select 'r0' record_key, 'r0' cluster_id, 'organization' party_type"
    )
    for _ in range(2):
        propose_events(world.con, "typed", Commit("run", "test", NOON)).create("events")
        world.con.execute("insert into registry.main.gpid_events select * from events")
        world.con.execute("drop table events")
    organization = world.holders()["r0"]
    assert organization != person
    world.build([{"r0"}])
    assert world.holders()["r0"] == person
