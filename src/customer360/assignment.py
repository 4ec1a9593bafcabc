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

# A component with more GPIDs or clusters than this is matched greedily instead of exactly.
EXACT_SIZE = 60


@dataclass(frozen=True)
class Overlap:
    """How many records of a live GPID are in a new cluster."""

    gpid: str
    cluster_id: str
    records: int


@dataclass(frozen=True)
class Commit:
    """Who commits, and when."""

    run_id: str
    actor: str
    at: datetime


def match_overlaps(
    overlaps: list[Overlap], *, gpid_order: dict[str, int], cluster_order: dict[str, int]
) -> dict[str, str]:
    """Give each cluster at most one GPID so that as many records as possible keep theirs.

    Of several such solutions the one is taken in which, GPID by GPID in `gpid_order`, the cluster
    that comes first in `cluster_order` is chosen: the optimum is unique. Each connected component
    is solved exactly (Jonker-Volgenant, as in `scipy.optimize.linear_sum_assignment`); above
    `EXACT_SIZE` greedily, by records and then the same orders.

    Returns:
        cluster_id → gpid.

    """
    result: dict[str, str] = {}
    for component in _components(overlaps):
        gpids = sorted({o.gpid for o in component}, key=gpid_order.__getitem__)
        clusters = sorted({o.cluster_id for o in component}, key=cluster_order.__getitem__)
        if max(len(gpids), len(clusters)) > EXACT_SIZE:
            result |= _match_greedily(component, gpid_order, cluster_order)
        else:
            result |= _match_exactly(component, gpids, clusters)
    return result


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


def _match_greedily(
    component: list[Overlap], gpid_order: dict[str, int], cluster_order: dict[str, int]
) -> dict[str, str]:
    matched: dict[str, str] = {}
    taken: set[str] = set()
    for o in sorted(
        component, key=lambda o: (-o.records, gpid_order[o.gpid], cluster_order[o.cluster_id])
    ):
        if o.gpid not in taken and o.cluster_id not in matched:
            matched[o.cluster_id] = o.gpid
            taken.add(o.gpid)
    return matched


def _match_exactly(
    component: list[Overlap], gpids: list[str], clusters: list[str]
) -> dict[str, str]:
    weights = np.zeros((len(gpids), len(clusters)))
    row = {gpid: i for i, gpid in enumerate(gpids)}
    column = {cluster: j for j, cluster in enumerate(clusters)}
    for o in component:
        weights[row[o.gpid], column[o.cluster_id]] = o.records
    free = list(range(len(clusters)))
    matched: dict[str, str] = {}
    remaining = _best_total(weights)
    for i, gpid in enumerate(gpids):
        # the first cluster in order that an optimal solution can give to this GPID
        for j in free:
            if weights[i, j] == 0:
                continue
            others = [k for k in free if k != j]
            if weights[i, j] + _best_total(weights[i + 1 :, others]) == remaining:
                matched[clusters[j]] = gpid
                free = others
                remaining -= weights[i, j]
                break
    return matched


def _best_total(weights: npt.NDArray[np.float64]) -> float:
    if 0 in weights.shape:
        return 0.0
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return float(weights[rows, columns].sum())


def propose_events(
    con: duckdb.DuckDBPyConnection, partition: str, commit: Commit
) -> duckdb.DuckDBPyRelation:
    """Work out the events that carry the registry from its head to a new partition.

    Args:
        con: a connection with the registry attached and `mint_gpid` registered.
        partition: a table of `record_key, cluster_id, party_type`, one row per record.
        commit: what the events are signed with.

    Returns:
        The events in the registry's columns, none when nothing changes. Record events (`moved`)
        carry the record's new GPID in `gpid` (null: the record is gone) and its former one in
        `other_gpid`; of the GPID events, `merged` names the survivor and `split_from` the origin
        in `other_gpid`. `committed_at` never runs backwards, whatever the clock does.

    """
    con.execute(_STATE.format(partition=partition))
    con.execute(_CARRIED)
    contested = [Overlap(*row) for row in con.execute(_CONTESTED).fetchall()]
    if contested:
        gpid_order = _order(con, "select gpid, age from gpid_age")
        cluster_order = _order(con, _CLUSTER_ORDER)
        matched = match_overlaps(contested, gpid_order=gpid_order, cluster_order=cluster_order)
        _insert_assigned(con, [(c, g, "carried") for c, g in matched.items()])
    con.execute(_RESTORE)
    _mint(con)
    con.execute(_SUCCESSORS)
    return con.query(
        _EVENTS, params={"run_id": commit.run_id, "actor": commit.actor, "at": commit.at}
    )


def _order(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(con.execute(query).fetchall())


def _insert_assigned(con: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, str]]) -> None:
    if rows:
        columns = list(zip(*rows, strict=True))
        table = pa.table({"c": columns[0], "g": columns[1], "h": columns[2]})
        con.register("newly_assigned", table)
        con.execute("insert into assigned select c, g, h from newly_assigned")
        con.unregister("newly_assigned")


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
create or replace temp table present as
select record_key, cluster_id, party_type from {partition};

create or replace temp table head as
select record_key, holder as gpid, party_type
from (
    select
        record_key,
        max_by(coalesce(gpid, ''), commit_number) as holder,
        max_by(party_type, commit_number) as party_type
    from registry.main.gpid_events
    where record_key is not null
    group by record_key
)
where holder <> '';

create or replace temp table gpid_age as
select gpid, party_type, row_number() over (order by commit_number, gpid) as age
from registry.main.gpid_events
where event_type = 'minted';

create or replace temp table clusters as
select
    cluster_id,
    count(*) as records,
    min(record_key) as anchor,
    min(party_type) as party_type
from present
group by cluster_id;

-- a GPID never changes its party type: a record that does leaves the GPID behind
create or replace temp table shared_records as
select gpid, cluster_id, count(*) as records
from head
inner join present using (record_key)
inner join gpid_age using (gpid)
where present.party_type = gpid_age.party_type
group by gpid, cluster_id;

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
    where gpid not in (select gpid from head)
    group by gpid
)
select gpid, record_key from departures inner join retired using (gpid, commit_number);

-- clusters that hold a strict majority of a retired GPID's last members
create or replace temp table restorable as
with held as (
    select gpid, cluster_id, count(*) as records
    from last_members
    inner join present using (record_key)
    inner join gpid_age using (gpid)
    where present.party_type = gpid_age.party_type
    group by gpid, cluster_id
),
totals as (
    select gpid, count(*) as records from last_members group by gpid
)
select held.gpid, held.cluster_id, held.records
from held
inner join totals using (gpid)
where 2 * held.records > totals.records;

create or replace temp table assigned (cluster_id varchar, gpid varchar, how varchar);
"""

# A GPID that meets one cluster, and the cluster only it, is simply carried over.
_CARRIED = """
insert into assigned
select cluster_id, gpid, 'carried'
from (
    select
        gpid,
        cluster_id,
        count(*) over (partition by gpid) as clusters_of_gpid,
        count(*) over (partition by cluster_id) as gpids_of_cluster
    from shared_records
)
where clusters_of_gpid = 1 and gpids_of_cluster = 1
"""

_CONTESTED = """
select gpid, cluster_id, records
from shared_records
anti join assigned using (cluster_id)
order by gpid, cluster_id
"""

# A cluster that can get a retired GPID back gives way to one that cannot.
_CLUSTER_ORDER = """
select
    cluster_id,
    row_number() over (
        order by
            cluster_id in (select cluster_id from restorable),
            records desc,
            anchor
    )
from clusters
"""

_RESTORE = """
insert into assigned
select cluster_id, gpid, 'restored'
from restorable
inner join gpid_age using (gpid)
anti join assigned using (cluster_id)
qualify row_number() over (partition by cluster_id order by records desc, age) = 1
"""

_MINT = """
insert into assigned
with candidates as (
    select cluster_id, anchor, mint_gpid(anchor, $n) as gpid
    from clusters
    anti join assigned using (cluster_id)
)
select cluster_id, gpid, 'minted'
from candidates
anti join assigned using (gpid)
where gpid not in (select gpid from gpid_age)
qualify row_number() over (partition by gpid order by anchor) = 1
"""

# Where the records of a GPID that lost its cluster are now.
_SUCCESSORS = """
create or replace temp table moves as
select
    coalesce(present.record_key, head.record_key) as record_key,
    assigned.gpid as gpid,
    head.gpid as former_gpid,
    coalesce(present.party_type, head.party_type) as party_type
from head
full outer join present using (record_key)
left join assigned using (cluster_id)
where assigned.gpid is distinct from head.gpid;

create or replace temp table losers as
select distinct gpid, party_type
from head
where gpid not in (select gpid from assigned);

create or replace temp table successors as
select former_gpid, gpid
from moves
left join gpid_age using (gpid)
where former_gpid is not null and gpid is not null
group by former_gpid, gpid
qualify row_number() over (
    partition by former_gpid order by count(*) desc, min(age) nulls last, gpid
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
        case how when 'minted' then 'new party' else 'its records are together again' end as reason
    from assigned
    inner join clusters using (cluster_id)
    where how <> 'carried'
    union all
    -- a party that came out of another one
    select 2, 'split_from', assigned.gpid, origin.former_gpid, null, clusters.party_type,
        'its records no longer match the rest'
    from assigned
    inner join clusters using (cluster_id)
    inner join (
        select gpid, former_gpid
        from moves
        where former_gpid in (select gpid from assigned) and gpid is not null
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
            else 'its records match another party' end
    from losers
    left join successors on losers.gpid = successors.former_gpid
    union all
    select 4, 'moved', gpid, former_gpid, record_key, party_type,
        case
            when former_gpid is null then 'new record'
            when gpid is null then 'record is gone'
            else 'matches another party'
        end
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
    reason
from events
cross join head_commit
"""
