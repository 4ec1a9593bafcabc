"""From edges to clusters of records, one per party: what has been decided first, then scores."""

from dataclasses import dataclass

import duckdb
import numpy as np

from customer360.clustering import (
    MUST_LINK,
    WHOLE_FACTOR,
    Bools,
    Constraints,
    Floats,
    Ints,
    Links,
    Pieces,
    averaged_groups,
    bounded_components,
    cluster,
    components,
    must_groups,
    pair_values,
)
from customer360.fingerprint import code_fingerprint
from customer360.matching.model import PartyType
from customer360.matching.release import Release
from customer360.matching.scoring import DuplicateFreeSources, score_pairs
from customer360.releases import records_of_type, releases_in_force

# of constraints that contradict each other the lower number holds: a steward's decision has 1,
# a trusted link 3
RULE_PRECEDENCE = 2
_COPY_PRECEDENCE = 4
_FORMER_PRECEDENCE = 5

# what a record is called, and what follows from the rest of it
_IDENTITY = ("record_id", "record_key", "content_hash")


MEMBERSHIP_COLUMNS = (
    "record_key",
    "party_type",
    "cluster_id",
    "component_id",
    "is_held_back",
    "component_hash",
)
"""The columns of what `cluster_records` returns."""


def cluster_records(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    edges: str,
    declared: str,
    rule_values: str,
    events: str,
    link_threshold: float,
    largest_component: int,
    duplicate_free: DuplicateFreeSources,
    former: str | None,
) -> duckdb.DuckDBPyRelation:
    """Partition the records into clusters, one per party.

    Args:
        con: a connection.
        records: comparison records, with their `content_hash`.
        releases: the releases that the registry holds.
        release_id: the release in force.
        edges: scored pairs, as in identity_edges.
        declared: links that need no score: `record_key_a, record_key_b, link_type, declared_at,
            weight, precedence`. `MUST_LINK` and `CANNOT_LINK` are constraints, of which the lower
            precedence number holds, and of trusted links that contradict each other the older; any
            other weight is bits.
        rule_values: what `find_rule_values` returned; rules for 'different' are constraints on all
            pairs of a component, of the precedence `RULE_PRECEDENCE`.
        events: the registry's events: who was whose before this build.
        link_threshold: weight in bits from which two records belong to one component.
        largest_component: a component of more groups is cut at a higher threshold.
        duplicate_free: as for `match_records`.
        former: what an earlier call returned; `None` where there is none. The clusters of a
            component that is the same as then are taken from it, which changes how long this takes,
            and nothing else.

    Returns:
        One row per record: `record_key, party_type, cluster_id` (the smallest record key in it),
        `component_id` (the same for the connected component that it was cut from), `is_held_back`
        (the component is too large to be examined: its records keep the partition that they had,
        new ones are alone), `component_hash` (of everything that its clusters depend on; null for
        a record without a link).

    """
    con.execute(
        "create or replace temp table places as select record_id, record_key, party_type,"
        f" content_hash, row_number() over (order by record_key) - 1 as place from {records}"
    )
    ((size,),) = con.execute("select count(*) from places").fetchall()
    in_force = releases_in_force(con, releases, release_id)
    scorer = _Scorer(con, records, in_force, duplicate_free)
    links, values = _read_links(con, edges=edges, declared=declared)
    constraints = _read_constraints(con, declared=declared)
    limit = WHOLE_FACTOR * largest_component
    rules = _DifferentRules(con, rule_values, limit)

    must = constraints.chosen(constraints.is_must)
    strong = links.chosen(links.weight >= link_threshold)
    labels = components(
        size, np.concatenate([strong.left, must.left]), np.concatenate([strong.right, must.right])
    )
    settings = (
        sorted((kind.value, release.to_json()) for kind, release in in_force.items()),
        link_threshold,
        largest_component,
        duplicate_free,
        code_fingerprint(),
    )
    is_open = _open_components(
        con, labels, rule_values=rule_values, basis=repr(settings), former=former
    )
    links = links.chosen(is_open[links.left])
    values = values.chosen(is_open[values.left])
    # what keeps two components apart keeps apart what is apart
    constraints = constraints.chosen(
        is_open[constraints.left] & (labels[constraints.left] == labels[constraints.right])
    )

    groups = must_groups(size, constraints)
    copies = _copies(scorer, size, links, threshold=link_threshold, largest=largest_component)
    if copies.left.size:
        constraints = constraints.and_then(copies)
        groups = must_groups(size, constraints)
    pieces = bounded_components(
        size, links, groups=groups, threshold=link_threshold, largest=largest_component
    )
    constraints = constraints.and_then(rules.pairs_within(pieces.labels, among=links))
    averaged = averaged_groups(size, constraints)
    missing = scorer.score(_missing_pairs(con, pieces, averaged, limit))
    everything = Links(
        np.concatenate([values.left, missing.left]),
        np.concatenate([values.right, missing.right]),
        np.concatenate([values.weight, missing.weight]),
    )
    clusters = cluster(size, pieces, everything, constraints)
    if pieces.is_held_back.any():
        kept_together = _former_links(con, events, pieces)
        constraints = constraints.and_then(kept_together)
        joined = constraints.chosen(constraints.is_must)
        again = rules.pairs_within(components(size, joined.left, joined.right), among=kept_together)
        kept = must_groups(size, constraints.and_then(again))
        clusters = np.where(pieces.is_held_back, kept, clusters)
    return _membership(con, pieces, clusters, is_open, former)


def _open_components(
    con: duckdb.DuckDBPyConnection,
    labels: Ints,
    *,
    rule_values: str,
    basis: str,
    former: str | None,
) -> Bools:
    """Which records are of a component that has to be clustered; alone they need no clustering.

    Leaves `component_hashes`: `label, component_hash` of every component of several records. The
    hash covers the records, the links and the constraints between them, and the settings.
    """
    counts = np.bincount(labels, minlength=len(labels))
    members = np.flatnonzero((counts > 1)[labels])
    con.register("linked_records", {"place": members, "label": labels[members]})
    con.execute(
        f"""
        create or replace temp table members as
        select places.*, label from linked_records inner join places using (place);
        create or replace temp table component_hashes as
        select label, hash($basis, sum(part::hugeint)) as component_hash
        from (
            select label, hash(record_id, content_hash) as part from members
            union all
            select members.label, hash(
                l_id, r_id, match_weight, stranger_weight, household_weight, declared_weight,
                declared_kinds
            )
            from links
            inner join members on links.l = members.place
            inner join (select place, label from members) as other
                on links.r = other.place and members.label = other.label
            union all
            select members.label, hash(l_id, r_id, is_must, precedence, declared_at, link_type)
            from constraints
            inner join members on constraints.l = members.place
            inner join (select place, label from members) as other
                on constraints.r = other.place and members.label = other.label
            union all
            select label, hash(record_id, rule, field_values)
            from {rule_values}
            inner join members using (record_key)
            where decision = 'different'
        )
        group by label
        """,
        {"basis": basis},
    )
    con.unregister("linked_records")
    known = (
        f"(select * from {former} where component_hash is not null and not is_held_back)"
        if former
        else "(select null::varchar as record_key, null::ubigint as component_hash where false)"
    )
    rows = con.execute(
        f"""
        select label
        from component_hashes
        anti join (
            select members.label
            from members
            inner join {known} as known using (record_key)
            inner join component_hashes using (label, component_hash)
            where members.place = members.label
        ) as unchanged using (label)
        """
    ).fetchnumpy()
    is_open = np.zeros(len(labels), dtype=bool)
    is_open[_positions(rows["label"])] = True
    return is_open[labels]


def _read_links(
    con: duckdb.DuckDBPyConnection, *, edges: str, declared: str
) -> tuple[Links, Links]:
    """The weighed pairs, once with their weight and once with their value in average linkage."""
    con.execute(
        f"""
        create or replace temp table links as
        select
            least(a.place, b.place) as l,
            greatest(a.place, b.place) as r,
            case when a.place < b.place then a.record_id else b.record_id end as l_id,
            case when a.place < b.place then b.record_id else a.record_id end as r_id,
            max(links.match_weight) as match_weight,
            max(links.stranger_weight) as stranger_weight,
            max(links.household_weight) as household_weight,
            max(links.declared_weight) as declared_weight,
            sum(hash(links.link_type, links.declared_weight)::hugeint)
                filter (where links.link_type is not null) as declared_kinds
        from (
            select record_key_a, record_key_b, match_weight, stranger_weight, household_weight,
                null::double as declared_weight, null::varchar as link_type
            from {edges}
            union all
            select record_key_a, record_key_b, null, null, null, weight, link_type
            from {declared}
            where abs(weight) < {MUST_LINK}
        ) as links
        inner join places as a on links.record_key_a = a.record_key
        inner join places as b on links.record_key_b = b.record_key
        group by all
        """
    )
    rows = con.execute(
        "select l, r, match_weight, stranger_weight, household_weight, declared_weight"
        " from links order by l, r"
    ).fetchnumpy()
    left, right = _positions(rows["l"]), _positions(rows["r"])
    declared_weight = _numbers(rows["declared_weight"])
    score = _numbers(rows["match_weight"])
    value = pair_values(
        score, _numbers(rows["stranger_weight"]), _numbers(rows["household_weight"])
    )
    return (
        Links(left, right, np.fmax(score, declared_weight)),
        Links(left, right, np.fmax(value, declared_weight)),
    )


def _read_constraints(con: duckdb.DuckDBPyConnection, *, declared: str) -> Constraints:
    """The links that are no matter of weight, those first that hold when two contradict."""
    con.execute(
        f"""
        create or replace temp table constraints as
        select
            least(a.place, b.place) as l,
            greatest(a.place, b.place) as r,
            case when a.place < b.place then a.record_id else b.record_id end as l_id,
            case when a.place < b.place then b.record_id else a.record_id end as r_id,
            declared.weight > 0 as is_must,
            declared.precedence,
            declared.declared_at,
            declared.link_type
        from {declared} as declared
        inner join places as a on declared.record_key_a = a.record_key
        inner join places as b on declared.record_key_b = b.record_key
        where abs(declared.weight) >= {MUST_LINK}
        """
    )
    rows = con.execute(
        "select l, r, is_must, precedence from constraints"
        " order by precedence, declared_at nulls last, link_type, l, r"
    ).fetchnumpy()
    return Constraints(
        _positions(rows["l"]),
        _positions(rows["r"]),
        np.asarray(rows["is_must"], bool),
        _positions(rows["precedence"]),
    )


@dataclass(frozen=True)
class _DifferentRules:
    """Rules for 'different': which pairs of records they keep apart."""

    con: duckdb.DuckDBPyConnection
    rule_values: str
    # a class of more records is not looked at as a whole
    limit: int

    def pairs_within(self, labels: Ints, *, among: Links | Constraints) -> Constraints:
        """The pairs that a rule keeps apart: all within one class of `labels`, and any of `among`.

        Of a class of more than `limit` records only the pairs of `among` are looked at.
        """
        con = self.con
        ((count,),) = con.execute(
            f"select count(*) from {self.rule_values} where decision = 'different'"
        ).fetchall()
        if not count:
            return _no_constraints()
        counts = np.bincount(labels, minlength=len(labels))
        members = np.flatnonzero(((counts > 1) & (counts <= self.limit))[labels])
        con.register("class_members", {"place": members, "class": labels[members]})
        con.register("linked_pairs", {"l": among.left, "r": among.right})
        rows = con.execute(
            f"""
            with ruled as (
                select rule_values.rule, rule_values.field_values, places.place,
                    class_members.class
                from {self.rule_values} as rule_values
                inner join places using (record_key)
                left join class_members using (place)
                where rule_values.decision = 'different'
            ),
            pairs as (
                select a.place as l, b.place as r, a.field_values as one, b.field_values as other
                from ruled as a
                inner join ruled as b
                    on a.class = b.class and a.rule = b.rule and a.place < b.place
                union all
                select a.place, b.place, a.field_values, b.field_values
                from linked_pairs
                inner join ruled as a on linked_pairs.l = a.place
                inner join ruled as b on linked_pairs.r = b.place and a.rule = b.rule
            )
            select distinct l, r from pairs
            where not list_has_any(one, other)
            order by l, r
            """
        ).fetchnumpy()
        con.unregister("class_members")
        con.unregister("linked_pairs")
        return Constraints.of(
            _positions(rows["l"]), _positions(rows["r"]), is_must=False, precedence=RULE_PRECEDENCE
        )


@dataclass(frozen=True)
class _Scorer:
    """Scores single pairs that blocking never compared."""

    con: duckdb.DuckDBPyConnection
    records: str
    releases: dict[PartyType, Release]
    duplicate_free: DuplicateFreeSources

    def score(self, pairs: str) -> Links:
        """The value in average linkage of every pair of the table `pairs`: `l, r` by position."""
        con = self.con
        found = []
        ((count,),) = con.execute(f"select count(*) from {pairs}").fetchall()
        for party_type, release in self.releases.items() if count else ():
            view = records_of_type(con, self.records, party_type)
            con.execute(
                "create or replace temp view asked_pairs as"
                f" select l.record_id as record_id_l, r.record_id as record_id_r from {pairs}"
                f" inner join places as l on l = l.place and l.party_type = '{party_type.value}'"
                " inner join places as r on r = r.place"
            )
            score_pairs(
                con,
                records=view,
                pairs="asked_pairs",
                release=release,
                result="filled",
                duplicate_free=self.duplicate_free,
            )
            rows = con.execute(
                "select l.place as l, r.place as r, match_weight, stranger_weight,"
                " household_weight from filled"
                " inner join places as l on record_id_l = l.record_id"
                " inner join places as r on record_id_r = r.record_id order by l, r"
            ).fetchnumpy()
            found.append(
                Links(
                    _positions(rows["l"]),
                    _positions(rows["r"]),
                    pair_values(
                        rows["match_weight"], rows["stranger_weight"], rows["household_weight"]
                    ),
                )
            )
            con.execute("drop table filled; drop view asked_pairs")
        return Links(
            np.concatenate([_no_positions(), *(f.left for f in found)]),
            np.concatenate([_no_positions(), *(f.right for f in found)]),
            np.concatenate([np.empty(0), *(f.weight for f in found)]),
        )


def _copies(
    scorer: _Scorer, size: int, links: Links, *, threshold: float, largest: int
) -> Constraints:
    """Must-links between records that say the same, in components too large to be examined.

    Such records score alike with every other record. Where two of them are a match they all are:
    as one group they need no examination.
    """
    con = scorer.con
    strong = links.weight >= threshold
    labels = components(size, links.left[strong], links.right[strong])
    counts = np.bincount(labels, minlength=size)
    members = np.flatnonzero((counts > largest)[labels])
    if not members.size:
        return _no_constraints()
    con.register("oversized_members", {"place": members, "component": labels[members]})
    # a record says the same as another when every column does, but for its number and key
    con.execute(
        f"""
        create or replace temp table copies as
        select
            min(place) over said as l,
            place as r,
            row_number() over (said order by place) as number
        from (
            select
                record_id,
                regexp_extract(record_key, '^[^/]+/[^/]+/[^/]+') as source_object,
                {_content(con, scorer.records)} as content
            from {scorer.records}
        ) as contents
        inner join places using (record_id)
        inner join oversized_members using (place)
        window said as (partition by component, source_object, content)
        qualify number > 1
        """
    )
    con.unregister("oversized_members")
    con.execute(
        "create or replace temp table first_copies as select l, r from copies where number = 2"
    )
    scored = scorer.score("first_copies")
    matching = scored.left[scored.weight > 0]
    rows = con.execute("select l, r from copies order by l, r").fetchnumpy()
    con.execute("drop table copies; drop table first_copies")
    left, right = _positions(rows["l"]), _positions(rows["r"])
    chosen = np.isin(left, matching)
    return Constraints.of(left[chosen], right[chosen], is_must=True, precedence=_COPY_PRECEDENCE)


def _content(con: duckdb.DuckDBPyConnection, records: str) -> str:
    """SQL of everything that a record says, as one value."""
    columns = [c for c in con.table(records).columns if c not in _IDENTITY]
    return f"row({', '.join(columns)})"


def _missing_pairs(con: duckdb.DuckDBPyConnection, pieces: Pieces, groups: Ints, limit: int) -> str:
    """The table of the pairs inside examined components that blocking never compared."""
    labels = pieces.labels
    counts = np.bincount(labels, minlength=len(labels))
    examined = (counts > 2) & (counts <= limit)
    members = np.flatnonzero(examined[labels] & ~pieces.is_held_back)
    con.register(
        "open_members",
        {"place": members, "component": labels[members], "grouped": groups[members]},
    )
    con.execute(
        """
        create or replace temp table missing_pairs as
        select a.place as l, b.place as r
        from open_members as a
        inner join open_members as b
            on a.component = b.component and a.place < b.place and a.grouped <> b.grouped
        anti join links on a.place = links.l and b.place = links.r
        order by l, r
        """
    )
    con.unregister("open_members")
    return "missing_pairs"


def _former_links(con: duckdb.DuckDBPyConnection, events: str, pieces: Pieces) -> Constraints:
    """Must-links between the records of held back components that had one GPID before."""
    members = np.flatnonzero(pieces.is_held_back)
    con.register("held_members", {"place": members, "component": pieces.labels[members]})
    rows = con.execute(
        f"""
        with holders as (
            select record_key, max_by(coalesce(gpid, ''), commit_number) as gpid
            from {events}
            where record_key is not null
            group by record_key
        )
        select
            min(place) over (partition by component, gpid) as l,
            place as r
        from holders
        inner join places using (record_key)
        inner join held_members using (place)
        where gpid <> ''
        qualify l < r
        order by l, r
        """
    ).fetchnumpy()
    con.unregister("held_members")
    return Constraints.of(
        _positions(rows["l"]), _positions(rows["r"]), is_must=True, precedence=_FORMER_PRECEDENCE
    )


def _membership(
    con: duckdb.DuckDBPyConnection,
    pieces: Pieces,
    clusters: Ints,
    is_open: Bools,
    former: str | None,
) -> duckdb.DuckDBPyRelation:
    """One row per record: of open components as clustered, of the others as before."""
    open_places = np.flatnonzero(is_open)
    con.register(
        "cluster_numbers",
        {
            "place": open_places,
            "cluster": clusters[open_places],
            "component": pieces.labels[open_places],
            "is_held_back": pieces.is_held_back[open_places],
        },
    )
    unchanged = (
        f"""
        union all
        select members.record_key, members.party_type, cluster_id, component_id, is_held_back,
            component_hashes.component_hash
        from members
        inner join component_hashes using (label)
        inner join {former} as former using (record_key)
        anti join cluster_numbers using (place)
        """
        if former
        else ""
    )
    con.execute(
        f"""
        create or replace temp table membership as
        select
            members.record_key,
            members.party_type,
            cluster_head.record_key as cluster_id,
            component_head.record_key as component_id,
            cluster_numbers.is_held_back,
            component_hashes.component_hash
        from cluster_numbers
        inner join members using (place)
        inner join component_hashes using (label)
        inner join places as cluster_head on cluster_numbers.cluster = cluster_head.place
        inner join places as component_head on cluster_numbers.component = component_head.place
        {unchanged}
        union all
        select record_key, party_type, record_key, record_key, false, null
        from places
        anti join members using (place)
        """
    )
    con.unregister("cluster_numbers")
    return con.table("membership")


def _no_constraints() -> Constraints:
    return Constraints.of(_no_positions(), _no_positions(), is_must=False, precedence=0)


def _no_positions() -> Ints:
    return np.empty(0, np.int64)


def _positions(values: object) -> Ints:
    return np.asarray(values, np.int64)


def _numbers(values: object) -> Floats:
    """As floats; what is null in DuckDB is not a number."""
    return np.ma.filled(np.ma.asarray(values, float), np.nan)
