"""A registry in memory with the commits made to it, and a second opinion on who gets which GPID."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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


class World:
    """A registry in memory, and the commits made to it."""

    def __init__(self, *, threads: int = 1, seed: int = 0) -> None:
        self.con = duckdb.connect(config={"threads": threads})
        self.con.execute("attach ':memory:' as registry")
        create_tables(self.con)
        KEY.register(self.con)
        self.random = random.Random(seed)
        self.now = NOON

    def build(self, partition: Partition, at: datetime | None = None) -> list[Event]:
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
        self.now += timedelta(days=1)
        commit = Commit("run", "test", at or self.now)
        propose_events(self.con, "new_partition", commit).create("events")
        self.con.execute("insert into registry.main.gpid_events select * from events")
        events = self.con.execute(
            "select event_type, gpid, other_gpid from events where record_key is null"
            " order by event_number"
        ).fetchall()
        self.con.execute("drop table events")
        return events

    def erase(self, gpid: str) -> None:
        """What a privacy request leaves in the registry."""
        rows = [("erased", gpid, None, None)]
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

    def events(self) -> list[tuple[object, ...]]:
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

    def members(self, gpid: str) -> frozenset[str]:
        return frozenset(r for r, holder in self.holders.items() if holder == gpid)

    def shared(self, gpid: str, cluster: Cluster) -> frozenset[str]:
        same_type = self.gpids[gpid].party_type == cluster.party_type
        return self.members(gpid) & cluster.records if same_type else frozenset()

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

    def build(self, partition: Partition) -> list[Event]:
        """The events about GPIDs that the partition has to lead to."""
        live = sorted(set(self.holders.values()), key=lambda g: (self.gpids[g].born, g))
        best = min(self.ways(live, partition), key=lambda way: self.preference(way, live))
        names = {cluster: gpid for gpid, cluster in best.items()}
        restored = self._restore(partition - names.keys())
        minted = self._mint(
            sorted(partition - names.keys() - restored.keys(), key=lambda c: c.anchor)
        )
        names |= restored | minted
        return self._commit(partition, names, restored, minted)

    def _restore(self, left: Partition) -> dict[Cluster, str]:
        restored = {}
        for cluster in left:
            claims = []
            for gpid, known in self.gpids.items():
                if known.retired is None or known.is_erased:
                    continue
                held = len(known.last_members & cluster.records)
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
            origins = Counter(self.holders[r] for r in cluster.records if r in self.holders)
            alive = [(-n, origin) for origin, n in origins.items() if origin in names.values()]
            if alive:
                events.append(("split_from", gpid, min(alive)[-1]))
        for gpid in set(self.holders.values()) - set(names.values()):
            members = self.members(gpid)
            places = Counter(holders[r] for r in members if r in holders)
            ranked = sorted((-n, self.gpids[g].born, g) for g, n in places.items())
            events.append(("merged", gpid, ranked[0][-1]) if ranked else ("retired", gpid, None))
            self.gpids[gpid].last_members = members
            self.gpids[gpid].retired = self.commits
        for gpid in restored.values():
            self.gpids[gpid].retired = None
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
            places = Counter(self.holders[r] for r in known.last_members if r in self.holders)
            if places:
                redirects[gpid] = min((-n, self.gpids[g].born, g) for g, n in places.items())[-1]
        return redirects
