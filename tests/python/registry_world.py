"""A registry in memory with the commits made to it, and a second opinion on who gets which GPID."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

from customer360.assignment import Commit, propose_events
from customer360.keys import IdKey
from customer360.registry import create_tables

KEY = IdKey(b"a key for tests, thirty-two bytes")
NOON = datetime(2026, 1, 1, 12)
RECORDS = [f"crm/main/contact/{i}" for i in range(8)]

Event = tuple[str, str, str | None]


@dataclass(frozen=True)
class Cluster:
    """Some records and what they are."""

    records: frozenset[str]
    party_type: str = "person"

    @property
    def anchor(self) -> str:
        return min(self.records)


Partition = frozenset[Cluster]


def parties(*clusters: str) -> Partition:
    """Clusters of persons by the last characters of their records' keys: parties("01", "2")."""
    return frozenset(Cluster(frozenset(RECORDS[int(c)] for c in cluster)) for cluster in clusters)


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    """Label 5: the record does not exist; label 4: an organization."""
    labels = draw(st.lists(st.integers(0, 5), min_size=len(RECORDS), max_size=len(RECORDS)))
    clusters: dict[int, set[str]] = {}
    for record, label in zip(RECORDS, labels, strict=True):
        if label < 5:
            clusters.setdefault(label, set()).add(record)
    return frozenset(
        Cluster(frozenset(records), "organization" if label == 4 else "person")
        for label, records in clusters.items()
    )


# Records whose keys stand for somebody else, and a commit in which they already did, if ever.
Recycled = Mapping[str, int | None]
NOBODY: Recycled = {}


@dataclass
class People:
    """Whom each key stands for, by number, and since which commit each of them was last seen."""

    present: dict[str, int] = field(default_factory=dict)
    seen_in: dict[tuple[str, int], int] = field(default_factory=dict)

    def recycle(self, people: Mapping[str, int]) -> Recycled:
        """The keys that would stand for somebody else if each stood for whom it is said here."""
        return {
            record: self.seen_in.get((record, person))
            for record, person in people.items()
            if self.present.get(record, person) != person
        }

    def see(self, people: Mapping[str, int], commit: int) -> None:
        """What a build notes after its commit."""
        for record, person in people.items():
            if self.present.get(record) != person:
                self.seen_in[record, person] = commit
            self.present[record] = person


class World:
    """A registry in memory, and the commits made to it."""

    def __init__(self, *, threads: int = 1, seed: int = 0) -> None:
        self.con = duckdb.connect(config={"threads": threads})
        self.con.execute("attach ':memory:' as registry")
        create_tables(self.con)
        KEY.register_minting(self.con)
        self.random = random.Random(seed)
        self.now = NOON

    def build(
        self, partition: Partition, recycled: Recycled = NOBODY, at: datetime | None = None
    ) -> list[Event]:
        """Commit a partition; its rows come in any order and its clusters have any name."""
        clusters = list(partition)
        self.random.shuffle(clusters)
        rows = [
            (record, f"cluster {i}", c.party_type)
            for i, c in enumerate(clusters)
            for record in c.records
        ]
        self.random.shuffle(rows)
        names = ("record_key", "cluster_id", "party_type")
        table = pa.table(
            {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)}
        )
        self.con.register("new_partition", table)
        self.con.register(
            "recycled",
            pa.table(
                {
                    "record_key": pa.array(list(recycled), pa.string()),
                    "was_in_commit": pa.array(list(recycled.values()), pa.int64()),
                }
            ),
        )
        self.now += timedelta(days=1)
        commit = Commit("run", "test", at or self.now)
        propose_events(self.con, "new_partition", commit, recycled="recycled").create("events")
        self.con.execute("insert into registry.main.gpid_events select * from events")
        events = self.con.execute(
            "select event_type, gpid, other_gpid from events where record_key is null"
            " order by event_number"
        ).fetchall()
        self.con.execute("drop table events")
        return events

    def erase(self, gpid: str) -> None:
        """What a privacy request leaves in the registry."""
        rows: list[tuple[str | None, ...]] = [("erased", gpid, None, None)]
        rows += [("moved", None, gpid, r) for r, g in sorted(self.holders().items()) if g == gpid]
        self.now += timedelta(days=1)
        for number, row in enumerate(rows, start=1):
            self.con.execute(
                "insert into registry.main.gpid_events select"
                " (select max(commit_number) from registry.main.gpid_events"
                "   where committed_at < $now) + 1,"
                " $number, $now, 'run', 'test', $type, $gpid, $other, $record, 'person', 'erased'",
                dict(zip(("type", "gpid", "other", "record"), row, strict=True))
                | {"number": number, "now": self.now},
            )

    def holders(self) -> dict[str, str]:
        return dict(
            self.con.execute(
                "select record_key, max_by(coalesce(gpid, ''), commit_number) as g"
                " from registry.main.gpid_events where record_key is not null"
                " group by 1 having g <> ''"
            ).fetchall()
        )

    def minted(self) -> list[str]:
        query = "select gpid from registry.main.gpid_events where event_type = 'minted' order by 1"
        return [gpid for (gpid,) in self.con.execute(query).fetchall()]

    def events(self) -> list[tuple[Any, ...]]:
        query = "from registry.main.gpid_events order by commit_number, event_number"
        return self.con.execute(query).fetchall()


@dataclass
class Gpid:
    """What the reference knows of one GPID."""

    born: int
    party_type: str
    last_members: frozenset[str] = frozenset()
    retired: int | None = None
    is_erased: bool = False


@dataclass
class Reference:
    """The rules once more, told plainly: every way to hand out the GPIDs is looked at."""

    gpids: dict[str, Gpid] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    # of each record the GPID that it had last, and the commit in which it came to it from another
    tenures: dict[str, tuple[str, int]] = field(default_factory=dict)
    commits: int = 0
    # of each record the GPID that it had last, and for each time that its key came to stand for
    # somebody else the commit and the GPID that it had had before
    last_held: dict[str, str] = field(default_factory=dict)
    recyclings: dict[str, list[tuple[int, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    recycled: Recycled = field(default_factory=dict)

    def members(self, gpid: str) -> frozenset[str]:
        return frozenset(r for r, holder in self.holders.items() if holder == gpid)

    def shared(self, gpid: str, cluster: Cluster) -> frozenset[str]:
        same_type = self.gpids[gpid].party_type == cluster.party_type
        shared = self.members(gpid) & cluster.records - self.recycled.keys()
        return shared if same_type else frozenset()

    def still_counts(self, record: str, gpid: str) -> bool:
        """Whether a key stands for whom it stood for as one of the last records of a GPID."""
        retired = self.gpids[gpid].retired
        assert retired is not None
        if record in self.recycled:
            was_in = self.recycled[record]
            if was_in is None:
                return False
            before = [held for commit, held in self.recyclings[record] if commit > was_in]
            return (before or [self.last_held.get(record)])[0] == gpid
        return all(commit < retired for commit, _ in self.recyclings[record])

    def ways(self, gpids: list[str], free: Partition) -> list[dict[str, Cluster]]:
        """Every one-to-one assignment of some GPIDs to clusters with records of theirs."""
        if not gpids:
            return [{}]
        first, *rest = gpids
        found = self.ways(rest, free)
        for cluster in free:
            if self.shared(first, cluster):
                found += [{first: cluster, **way} for way in self.ways(rest, free - {cluster})]
        return found

    def kept(self, way: dict[str, Cluster]) -> int:
        return sum(len(self.shared(gpid, cluster)) for gpid, cluster in way.items())

    def preference(self, way: dict[str, Cluster], gpids: list[str]) -> tuple[object, ...]:
        places: list[tuple[object, ...]] = []
        for gpid in gpids:
            if gpid in way:
                cluster = way[gpid]
                since = min(self.tenures[r][1] for r in self.shared(gpid, cluster))
                places.append((0, since, -len(cluster.records), cluster.anchor))
            else:
                places.append((1,))
        return (-self.kept(way), *places)

    def build(self, partition: Partition, recycled: Recycled = NOBODY) -> list[Event]:
        """The events about GPIDs that the partition has to lead to."""
        self.recycled = recycled
        live = sorted(set(self.holders.values()), key=lambda g: (self.gpids[g].born, g))
        best = min(self.ways(live, partition), key=lambda way: self.preference(way, live))
        names = {cluster: gpid for gpid, cluster in best.items()}
        restored = self._restore(partition - names.keys())
        minted = self._mint(
            sorted(partition - names.keys() - restored.keys(), key=lambda c: c.anchor)
        )
        names |= restored | minted
        events = self._commit(partition, names, restored, minted)
        self.recycled = NOBODY
        return events

    def _restore(self, left: Partition) -> dict[Cluster, str]:
        restored = {}
        for cluster in left:
            claims = []
            for gpid, known in self.gpids.items():
                if known.retired is None or known.is_erased:
                    continue
                held = sum(self.still_counts(r, gpid) for r in known.last_members & cluster.records)
                if known.party_type == cluster.party_type and held > len(known.last_members) / 2:
                    claims.append((-held, -known.retired, known.born, gpid))
            if claims:
                restored[cluster] = min(claims)[-1]
        return restored

    def _mint(self, left: list[Cluster]) -> dict[Cluster, str]:
        minted: dict[Cluster, str] = {}
        for cluster in left:
            n = 0
            while (gpid := KEY.mint(cluster.anchor, n)) in self.gpids:
                n += 1
            minted[cluster] = gpid
        return minted

    def _commit(
        self,
        partition: Partition,
        names: dict[Cluster, str],
        restored: dict[Cluster, str],
        minted: dict[Cluster, str],
    ) -> list[Event]:
        holders = {record: names[cluster] for cluster in partition for record in cluster.records}
        if holders == self.holders and not restored and not minted:
            return []
        self.commits += 1
        events: list[Event] = [("restored", gpid, None) for gpid in restored.values()]
        for cluster, gpid in minted.items():
            events.append(("minted", gpid, None))
            self.gpids[gpid] = Gpid(self.commits, cluster.party_type)
        for cluster, gpid in (restored | minted).items():
            origins = Counter(
                self.holders[r] for r in cluster.records - self.recycled.keys() if r in self.holders
            )
            alive = [(-n, origin) for origin, n in origins.items() if origin in names.values()]
            if alive:
                events.append(("split_from", gpid, min(alive)[-1]))
        for gpid in set(self.holders.values()) - set(names.values()):
            members = self.members(gpid)
            places = Counter(holders[r] for r in members - self.recycled.keys() if r in holders)
            ranked = sorted((-n, self.gpids[g].born, g) for g, n in places.items())
            events.append(("merged", gpid, ranked[0][-1]) if ranked else ("retired", gpid, None))
            self.gpids[gpid].last_members = members
            self.gpids[gpid].retired = self.commits
        for gpid in restored.values():
            self.gpids[gpid].retired = None
        for record in self.recycled:
            if holders[record] != self.holders.get(record):
                self.recyclings[record].append((self.commits, self.last_held.get(record)))
        self.last_held |= holders
        for record, gpid in holders.items():
            if self.tenures.get(record, ("", 0))[0] != gpid:
                self.tenures[record] = (gpid, self.commits)
        self.holders = holders
        return events

    def erase(self, gpid: str) -> None:
        self.commits += 1
        self.gpids[gpid].is_erased = True
        self.holders = {r: g for r, g in self.holders.items() if g != gpid}

    def redirects(self) -> dict[str, str]:
        """Where each retired GPID leads to now: to whom most of its last records belong."""
        redirects = {}
        for gpid, known in self.gpids.items():
            if known.retired is None or known.is_erased:
                continue
            places = Counter(
                self.holders[r]
                for r in known.last_members
                if r in self.holders and self.still_counts(r, gpid)
            )
            if places:
                redirects[gpid] = min((-n, self.gpids[g].born, g) for g, n in places.items())[-1]
        return redirects
