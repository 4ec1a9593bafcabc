"""Who keeps which GPID: the registry's head and a new partition in, events out.

A GPID follows the largest part of the records that held it. The result depends on the registry and
the partition alone, not on the order of rows or the number of threads.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# A component of several GPIDs and several clusters, more than so many of either, is matched
# greedily instead of exactly.
EXACT_SIZE = 500
# What the reason of an event says that a greedy match had a part in.
GREEDY_NOTE = "too many parties met at once, the largest overlaps came first"


@dataclass(frozen=True)
class Overlap:
    """The records of a live GPID that are in a new cluster.

    Attributes:
        records: how many they are.
        held_since: the commit since which the first of them holds the GPID.

    """

    gpid: str
    cluster_id: str
    records: int
    held_since: int = 0


@dataclass(frozen=True)
class Matching:
    """Which cluster gets which GPID.

    Attributes:
        gpids: cluster_id → gpid.
        greedy: the GPIDs and clusters that were matched greedily, those left without included.

    """

    gpids: dict[str, str]
    greedy: frozenset[str]


@dataclass(frozen=True)
class Commit:
    """Who commits, and when."""

    run_id: str
    actor: str
    at: datetime


def match_overlaps(
    overlaps: list[Overlap], *, gpid_order: dict[str, int], cluster_order: dict[str, int]
) -> Matching:
    """Give each cluster at most one GPID so that as many records as possible keep theirs.

    Of several such solutions the one is taken in which, GPID by GPID in `gpid_order`, the cluster
    is chosen whose records have held the GPID for longest, and of equals the first in
    `cluster_order`: the optimum is unique. Each connected component is solved exactly
    (Jonker-Volgenant, as in `scipy.optimize.linear_sum_assignment`). One of several GPIDs and
    several clusters, more than `EXACT_SIZE` of either, is matched greedily: by records, then in
    the same order.
    """

    def place(o: Overlap) -> tuple[int, int, int]:
        return gpid_order[o.gpid], o.held_since, cluster_order[o.cluster_id]

    gpids: dict[str, str] = {}
    greedy: set[str] = set()
    for component in _components(overlaps):
        component.sort(key=place)
        ids = {o.gpid for o in component}
        clusters = {o.cluster_id for o in component}
        if min(len(ids), len(clusters)) == 1:
            # the largest overlap is the optimum
            gpids |= _match_greedily(component)
        elif max(len(ids), len(clusters)) <= EXACT_SIZE:
            gpids |= _match_exactly(component)
        else:
            gpids |= _match_greedily(component)
            greedy |= ids | clusters
    return Matching(gpids, frozenset(greedy))


def _components(overlaps: list[Overlap]) -> list[list[Overlap]]:
    gpids = {gpid: i for i, gpid in enumerate(sorted({o.gpid for o in overlaps}))}
    clusters = {c: i + len(gpids) for i, c in enumerate(sorted({o.cluster_id for o in overlaps}))}
    size = len(gpids) + len(clusters)
    rows = [gpids[o.gpid] for o in overlaps]
    columns = [clusters[o.cluster_id] for o in overlaps]
    graph = coo_array((np.ones(len(overlaps)), (rows, columns)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    by_label: dict[int, list[Overlap]] = defaultdict(list)
    for overlap, row in zip(overlaps, rows, strict=True):
        by_label[int(labels[row])].append(overlap)
    return list(by_label.values())


def _match_greedily(component: list[Overlap]) -> dict[str, str]:
    """The largest overlaps first; equals in the order in which they are given."""
    matched: dict[str, str] = {}
    taken: set[str] = set()
    for o in sorted(component, key=lambda o: -o.records):
        if o.gpid not in taken and o.cluster_id not in matched:
            matched[o.cluster_id] = o.gpid
            taken.add(o.gpid)
    return matched


def _match_exactly(component: list[Overlap]) -> dict[str, str]:
    """The optimum that is first in the order in which the overlaps are given."""
    choices: dict[str, list[Overlap]] = defaultdict(list)
    for o in component:
        choices[o.gpid].append(o)
    column = {c: j for j, c in enumerate(sorted({o.cluster_id for o in component}))}
    weights = np.zeros((len(choices), len(column)))
    for i, overlaps in enumerate(choices.values()):
        for o in overlaps:
            weights[i, column[o.cluster_id]] = o.records
    free = list(range(len(column)))
    matched: dict[str, str] = {}
    remaining = _best_total(weights)
    for i, overlaps in enumerate(choices.values()):
        # the first cluster in order that an optimal solution can give to this GPID
        for o in overlaps:
            j = column[o.cluster_id]
            if j not in free:
                continue
            others = [k for k in free if k != j]
            if o.records + _best_total(weights[i + 1 :, others]) == remaining:
                matched[o.cluster_id] = o.gpid
                free = others
                remaining -= o.records
                break
    return matched


def _best_total(weights: npt.NDArray[np.float64]) -> float:
    if 0 in weights.shape:
        return 0.0
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return float(weights[rows, columns].sum())


def propose_events(
    con: duckdb.DuckDBPyConnection, partition: str, commit: Commit, *, recycled: str
) -> duckdb.DuckDBPyRelation:
    """Work out the events that carry the registry from its head to a new partition.

    Args:
        con: a connection with the registry attached and `mint_gpid` registered.
        partition: a table of `record_key, cluster_id, party_type`, one row per record.
        commit: what the events are signed with.
        recycled: a table of the records of the partition whose keys stand for somebody else than
            before, `record_key, was_in_commit`: a commit after which the key already stood for
            who it stands for now, null when it never did. Such a record has no part in any GPID
            that it held as somebody else.

    Returns:
        The events in the registry's columns, none when nothing changes. Record events (`moved`,
        or `recycled`) carry the record's new GPID in `gpid` (null: the record is gone) and its
        former one in `other_gpid`; of the GPID events, `merged` names the survivor and
        `split_from` the origin in `other_gpid`. `committed_at` never runs backwards, whatever the
        clock does.

    """
    con.execute(_STATE.format(partition=partition, recycled=recycled))
    con.execute(_CARRIED)
    contested = [Overlap(*row) for row in con.execute(_CONTESTED).fetchall()]
    if contested:
        matching = match_overlaps(
            contested,
            gpid_order=dict(con.execute(_GPID_ORDER).fetchall()),
            cluster_order=dict(con.execute(_CLUSTER_ORDER).fetchall()),
        )
        _insert_assigned(con, matching.gpids)
        _insert_greedy(con, matching.greedy)
    con.execute(_RESTORE)
    _mint(con)
    con.execute(_SUCCESSORS)
    return con.query(
        _EVENTS,
        params={
            "run_id": commit.run_id,
            "actor": commit.actor,
            "at": commit.at,
            "greedy_note": f"; {GREEDY_NOTE}",
        },
    )


def _insert_assigned(con: duckdb.DuckDBPyConnection, gpids: dict[str, str]) -> None:
    table = pa.table({"c": list(gpids), "g": list(gpids.values())})
    con.register("newly_assigned", table)
    con.execute("insert into assigned select c, g, 'carried' from newly_assigned")
    con.unregister("newly_assigned")


def _insert_greedy(con: duckdb.DuckDBPyConnection, ids: frozenset[str]) -> None:
    con.register("newly_greedy", pa.table({"id": pa.array(sorted(ids), pa.string())}))
    con.execute("insert into greedy select id from newly_greedy")
    con.unregister("newly_greedy")


def _mint(con: duckdb.DuckDBPyConnection) -> None:
    """Mint a GPID for every cluster that has none; never one that ever existed."""
    n = 0
    while True:
        con.execute(_MINT, {"n": n})
        missing = con.execute(
            "select count(*) from clusters anti join assigned using (cluster_id)"
        ).fetchall()
        if missing[0][0] == 0:
            return
        n += 1


# What the registry says now, and how the new partition lies over it.
_STATE = """
create or replace temp table erased as
select distinct gpid from registry.main.gpid_events where event_type = 'erased';

-- every record that has a party or is in the new partition; a move's party type is its GPID's
create or replace temp table placed as
with last_moves as (
    select
        record_key,
        max_by(coalesce(gpid, ''), commit_number) as gpid,
        max_by(party_type, commit_number) as party_type
    from registry.main.gpid_events
    where record_key is not null
    group by record_key
),
head as (
    select * from last_moves where gpid <> ''
)
select
    coalesce(present.record_key, head.record_key) as record_key,
    present.cluster_id,
    present.party_type,
    head.gpid as former_gpid,
    head.party_type as former_party_type,
    recycled.record_key is not null as is_recycled
from {partition} as present
full outer join head on present.record_key = head.record_key
left join {recycled} as recycled on present.record_key = recycled.record_key;

create or replace temp table clusters as
select
    cluster_id,
    count(*) as records,
    min(record_key) as anchor,
    min(party_type) as party_type
from placed
where cluster_id is not null
group by cluster_id;

-- a GPID never changes its party type: a record that does leaves the GPID behind, and so does one
-- whose key stands for somebody else
create or replace temp table shared_records as
select former_gpid as gpid, cluster_id, count(*) as records
from placed
where
    party_type = former_party_type
    and not is_recycled
    and former_gpid not in (select gpid from erased)
group by former_gpid, cluster_id;

-- the records that a retired GPID had when it was retired: all left it in one commit
create or replace temp table last_members as
with departures as (
    select other_gpid as gpid, record_key, commit_number
    from registry.main.gpid_events
    where record_key is not null and other_gpid is not null
),
retired as (
    select gpid, max(commit_number) as commit_number
    from departures
    where
        gpid not in (select former_gpid from placed where former_gpid is not null)
        and gpid not in (select gpid from erased)
    group by gpid
)
select gpid, record_key, commit_number
from departures
inner join retired using (gpid, commit_number);

create or replace temp table retired_births as
select gpid, party_type, commit_number
from registry.main.gpid_events
where event_type = 'minted' and gpid in (select gpid from last_members);

-- keys that stood for somebody else at times: up to which commit, and for those who are back
-- which GPID they had
create or replace temp table recyclings as
select record_key, commit_number
from registry.main.gpid_events
where event_type = 'recycled'
union all
select record_key, 9223372036854775807 from {recycled};

create or replace temp table returned as
with ended as (
    select recycled.record_key, min(recyclings.commit_number) as commit_number
    from {recycled} as recycled
    inner join recyclings
        on recycled.record_key = recyclings.record_key
        and recyclings.commit_number > recycled.was_in_commit
    group by recycled.record_key
)
select events.record_key, max_by(events.gpid, events.commit_number) as gpid
from registry.main.gpid_events as events
inner join ended
    on events.record_key = ended.record_key
    and events.commit_number < ended.commit_number
where events.gpid is not null
group by events.record_key;

-- clusters that hold a strict majority of a retired GPID's last members
create or replace temp table restorable as
with last_recyclings as (
    select record_key, max(commit_number) as commit_number
    from recyclings
    group by record_key
),
held as (
    select last_members.gpid, placed.cluster_id, count(*) as records
    from last_members
    inner join placed using (record_key)
    inner join retired_births using (gpid)
    left join last_recyclings on last_members.record_key = last_recyclings.record_key
    left join returned
        on last_members.record_key = returned.record_key and last_members.gpid = returned.gpid
    where
        placed.party_type = retired_births.party_type
        and (
            last_recyclings.commit_number is null
            or last_recyclings.commit_number < last_members.commit_number
            or returned.gpid is not null
        )
    group by last_members.gpid, placed.cluster_id
),
totals as (
    select gpid, count(*) as records, max(commit_number) as retired_in
    from last_members
    group by gpid
)
select held.gpid, held.cluster_id, held.records, totals.retired_in
from held
inner join totals using (gpid)
where 2 * held.records > totals.records;

create or replace temp table assigned (cluster_id varchar, gpid varchar, how varchar);
create or replace temp table greedy (id varchar);
"""

# A GPID that meets one cluster, and the cluster only it, is simply carried over.
_CARRIED = """
insert into assigned
with
divided as (
    select gpid from shared_records group by gpid having count(*) > 1
),
joined as (
    select cluster_id from shared_records group by cluster_id having count(*) > 1
)
select cluster_id, gpid, 'carried'
from shared_records
anti join divided using (gpid)
anti join joined using (cluster_id);

create or replace temp table contested as
select gpid, cluster_id, records
from shared_records
anti join assigned using (cluster_id)
"""

# With the commit since which the longest-standing of the shared records holds the GPID: the last
# one in which it came from another party, or from none; a time in which it was gone is no break.
_CONTESTED = """
with stays as (
    select record_key, gpid, commit_number
    from registry.main.gpid_events
    where
        gpid is not null
        and record_key in (
            select record_key from placed
            where former_gpid in (select gpid from contested)
        )
),
arrivals as (
    select record_key, gpid, commit_number
    from stays
    qualify gpid is distinct from
        lag(gpid) over (partition by record_key order by commit_number)
),
tenures as (
    select record_key, max(commit_number) as held_since
    from arrivals
    group by record_key
),
first_tenures as (
    select placed.former_gpid as gpid, placed.cluster_id, min(tenures.held_since) as held_since
    from placed
    inner join tenures using (record_key)
    where placed.party_type = placed.former_party_type and not placed.is_recycled
    group by placed.former_gpid, placed.cluster_id
)
select contested.gpid, contested.cluster_id, contested.records, first_tenures.held_since
from contested
inner join first_tenures using (gpid, cluster_id)
"""

_GPID_ORDER = """
select gpid, row_number() over (order by commit_number, gpid)
from registry.main.gpid_events
where event_type = 'minted' and gpid in (select gpid from contested)
"""

_CLUSTER_ORDER = """
select cluster_id, row_number() over (order by records desc, anchor)
from clusters
where cluster_id in (select cluster_id from contested)
"""

# Of several retired GPIDs with a claim to a cluster, the one that was in use last comes back
# where their claims are of one size: undoing a merge restores the ids from just before it.
_RESTORE = """
insert into assigned
select restorable.cluster_id, restorable.gpid, 'restored'
from restorable
inner join retired_births using (gpid)
anti join assigned using (cluster_id)
qualify row_number() over (
    partition by restorable.cluster_id
    order by
        restorable.records desc,
        restorable.retired_in desc,
        retired_births.commit_number,
        restorable.gpid
) = 1
"""

# Whatever the registry ever named as a GPID is taken, erased ones included.
_MINT = """
insert into assigned
with candidates as (
    select cluster_id, anchor, mint_gpid(anchor, $n) as gpid
    from clusters
    anti join assigned using (cluster_id)
),
taken as (
    select gpid from registry.main.gpid_events where gpid in (select gpid from candidates)
    union all
    select other_gpid from registry.main.gpid_events
    where other_gpid in (select gpid from candidates)
)
select cluster_id, gpid, 'minted'
from candidates
anti join assigned using (gpid)
anti join taken using (gpid)
qualify row_number() over (partition by gpid order by anchor) = 1
"""

# Where the records of a GPID that lost its cluster are now.
_SUCCESSORS = """
create or replace temp table moves as
select
    placed.record_key,
    placed.cluster_id,
    assigned.gpid as gpid,
    placed.former_gpid,
    coalesce(placed.party_type, placed.former_party_type) as party_type,
    placed.is_recycled
from placed
left join assigned using (cluster_id)
where assigned.gpid is distinct from placed.former_gpid;

-- all records of a GPID that lost its cluster move
create or replace temp table losers as
select distinct placed.former_gpid as gpid, placed.former_party_type as party_type
from placed
where
    placed.former_gpid in (select former_gpid from moves)
    and placed.former_gpid not in (select gpid from assigned)
    and placed.former_gpid not in (select gpid from erased);

create or replace temp table successors as
with destinations as (
    select former_gpid, gpid, count(*) as records
    from moves
    where former_gpid in (select gpid from losers) and gpid is not null and not is_recycled
    group by former_gpid, gpid
),
births as (
    select gpid, commit_number
    from registry.main.gpid_events
    where event_type = 'minted' and gpid in (select gpid from destinations)
)
select former_gpid, gpid
from destinations
left join births using (gpid)
qualify row_number() over (
    partition by former_gpid order by records desc, births.commit_number nulls last, gpid
) = 1
"""

_EVENTS = """
with events as (
    select
        1 as step,
        how as event_type,
        assigned.gpid,
        null as other_gpid,
        null as record_key,
        clusters.party_type,
        case how when 'minted' then 'new party' else 'its records are together again' end
            as reason,
        assigned.cluster_id in (select id from greedy) as is_greedy
    from assigned
    inner join clusters using (cluster_id)
    where how <> 'carried'
    union all
    -- a party that came out of another one
    select 2, 'split_from', assigned.gpid, origin.former_gpid, null, clusters.party_type,
        'its records no longer match the rest', assigned.cluster_id in (select id from greedy)
    from assigned
    inner join clusters using (cluster_id)
    inner join (
        select gpid, former_gpid
        from moves
        where
            former_gpid in (select gpid from assigned) and gpid is not null and not is_recycled
        group by gpid, former_gpid
        qualify row_number() over (partition by gpid order by count(*) desc, former_gpid) = 1
    ) as origin on assigned.gpid = origin.gpid
    where how <> 'carried'
    union all
    select
        3,
        case when successors.gpid is null then 'retired' else 'merged' end,
        losers.gpid,
        successors.gpid,
        null,
        losers.party_type,
        case when successors.gpid is null then 'none of its records is left'
            else 'its records match another party' end,
        losers.gpid in (select id from greedy)
    from losers
    left join successors on losers.gpid = successors.former_gpid
    union all
    select 4, case when is_recycled then 'recycled' else 'moved' end, gpid, former_gpid,
        record_key, party_type,
        case
            when is_recycled then 'its key stands for somebody else'
            when former_gpid is null then 'record is new or back'
            when gpid is null then 'record is gone'
            else 'matches another party'
        end,
        cluster_id in (select id from greedy) and former_gpid in (select id from greedy)
    from moves
),
head_commit as (
    select
        coalesce(max(commit_number), 0) as commit_number,
        max(committed_at) as committed_at
    from registry.main.gpid_events
)
select
    head_commit.commit_number + 1 as commit_number,
    row_number() over (order by step, gpid, record_key) as event_number,
    greatest($at::timestamp, head_commit.committed_at + interval 1 microsecond) as committed_at,
    $run_id::varchar as run_id,
    $actor::varchar as actor,
    event_type,
    gpid,
    other_gpid,
    record_key,
    party_type,
    case when is_greedy then reason || $greedy_note::varchar else reason end as reason
from events
cross join head_commit
"""
