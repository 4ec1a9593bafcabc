"""From records to edges: what changed is compared again, with everything that it may match.

The result is a function of the records, the release and the settings alone; what an earlier build
found only saves work. A record that says the same as then keeps its keys, and a pair keeps its
edge unless something about the pair is different: one of the two records, or whether a rule still
brings them together. A rule's cap makes that depend on other records: where a value comes to be
shared by too many, or by few enough again, the records that share it are looked at anew.
"""

import duckdb

from customer360.fingerprint import code_fingerprint
from customer360.matching.blocking import (
    candidate_pairs,
    record_keys,
    rule_property,
    usable_keys,
)
from customer360.matching.model import PartyType
from customer360.matching.release import Release
from customer360.matching.scoring import DuplicateFreeSources, score_pairs
from customer360.releases import records_of_type, releases_in_force

# pairs that are scored at a time: what is held in memory of the rest are two numbers a pair
_PAIRS_AT_A_TIME = 8_000_000

_EDGE = """struct(
    record_id_b bigint,
    record_key_b varchar,
    match_weight double,
    match_probability double,
    stranger_weight double,
    household_weight double,
    name_weight double,
    prior_weight double,
    evidence struct(comparison varchar, "level" varchar, bits double)[]
)"""
_COLUMNS = {
    "record_key": "varchar",
    "party_type": "varchar",
    "record_id": "bigint",
    "content_hash": "ubigint",
    "blocking_keys": "ubigint[]",
    "edges": f"{_EDGE}[]",
}
MATCHED_COLUMNS = tuple(_COLUMNS)
"""The columns of what `match_records` returns."""


def match_records(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    review_threshold: float,
    max_pairs_per_record: float,
    duplicate_free: DuplicateFreeSources,
    former: str | None,
) -> duckdb.DuckDBPyRelation:
    """Score all candidate pairs with the release in force.

    Args:
        con: a connection.
        records: comparison records, with their `content_hash`.
        releases: the releases that the registry holds.
        release_id: the release in force.
        review_threshold: pairs of less bits are not kept.
        max_pairs_per_record: how many pairs the rules may bring together, per record.
        duplicate_free: as for `score_pairs`.
        former: what an earlier call returned; `None` where there is none. It changes how long this
            takes, and nothing else.

    Returns:
        One row per record: `record_key, party_type, record_id, content_hash` (of everything that
        its scores depend on), `blocking_keys`, and `edges`: the pairs with records of a larger key
        that weigh at least `review_threshold` bits, with the weights of `score_pairs` in bits,
        `match_probability` and `evidence`.

    Raises:
        PairBudgetError: the rules bring too many pairs together.

    """
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    con.execute(f"create or replace temp table matched ({columns})")
    for party_type, release in releases_in_force(con, releases, release_id).items():
        view = records_of_type(con, records, party_type)
        basis = repr((release.to_json(), review_threshold, duplicate_free, code_fingerprint()))
        _sort_out(con, view, party_type, basis, former)
        _touched_keys(con, view, party_type)
        _pairs_to_score(con, view, party_type, max_pairs_per_record)
        _score(con, view, release, review_threshold, duplicate_free)
        con.execute(_FINAL.format(party_type=party_type.value))
        con.execute(_CLEAN)
    return con.table("matched")


def _sort_out(
    con: duckdb.DuckDBPyConnection,
    view: str,
    party_type: PartyType,
    basis: str,
    former: str | None,
) -> None:
    """Sort the records by what is known of them: `known` rows still hold, `fresh` records do not.

    What is no longer true of records that changed or left goes to `left_keys`.
    """
    former_rows = (
        f"(select * from {former} where party_type = '{party_type.value}')"
        if former
        else "(select * from matched where false)"
    )
    con.execute(
        f"""
        create or replace temp table present_records as
        select record_id, record_key, hash(content_hash, $basis) as content_hash from {view}
        """,
        {"basis": basis},
    )
    con.execute(
        f"""
        create or replace temp table known as
        select record_id, blocking_keys, edges
        from {former_rows}
        semi join present_records using (record_id, content_hash);
        create or replace temp table left_keys as
        select record_id, unnest(blocking_keys) as key
        from {former_rows}
        anti join known using (record_id);
        create or replace temp table fresh as
        select record_id, {record_keys(party_type)} as blocking_keys
        from {view}
        anti join known using (record_id)
        """
    )


def _touched_keys(con: duckdb.DuckDBPyConnection, view: str, party_type: PartyType) -> None:
    """Find the keys whose records are not the same as before, and what that does to known edges.

    Creates `touched_keys` (every record that has one of them now), `opened` (keys that bring known
    records together that they did not bring together before) and `suspects` (pairs of known records
    that may have lost what brought them together).
    """
    cap = rule_property(party_type, "cap")
    is_identifier = rule_property(party_type, "is_identifier")
    con.execute(
        f"""
        create or replace temp view fresh_keys as
        select record_id, unnest(blocking_keys) as key from fresh;
        create or replace temp table known_keys as
        select record_id, key
        from (select record_id, unnest(blocking_keys) as key from known)
        semi join (select key from fresh_keys union select key from left_keys) using (key);
        create or replace temp table turns as
        select
            key,
            count(*) filter (what <> 'left') as records,
            count(*) filter (what <> 'fresh') as former_records
        from (
            select key, 'known' as what from known_keys
            union all
            select key, 'fresh' from fresh_keys semi join known_keys using (key)
            union all
            select key, 'left' from left_keys semi join known_keys using (key)
        )
        group by key;
        create or replace temp table opened as
        select key from turns where former_records > {cap} and records between 2 and {cap};
        create or replace temp table suspect_members as
        select record_id, key
        from known_keys
        semi join (
            select key from turns
            where (former_records <= {cap} and records > {cap})
                -- neighbours may be others now
                or (former_records > {cap} and {is_identifier})
        ) as closed using (key);
        create or replace temp table suspects as
        select distinct
            least(edge.record_id, edge.record_id_b) as record_id_l,
            greatest(edge.record_id, edge.record_id_b) as record_id_r
        from (
            select record_id, unnest(edges).record_id_b as record_id_b
            from known
            semi join suspect_members using (record_id)
        ) as edge
        inner join suspect_members as one on edge.record_id = one.record_id
        inner join suspect_members as other
            on edge.record_id_b = other.record_id and one.key = other.key;
        -- whatever else suspects have in common may still bring them together
        create or replace temp table common_keys as
        select distinct unnest(list_intersect(l.blocking_keys, r.blocking_keys)) as key
        from suspects
        inner join known as l on suspects.record_id_l = l.record_id
        inner join known as r on suspects.record_id_r = r.record_id;
        insert into known_keys
        select record_id, key
        from (select record_id, unnest(blocking_keys) as key from known)
        semi join (select key from common_keys anti join turns using (key)) using (key);
        create or replace temp view touched_keys as
        from known_keys union all from fresh_keys
        """
    )
    usable_keys(
        con, keys="touched_keys", records=view, party_type=party_type, result="candidate_keys"
    )


def _pairs_to_score(
    con: duckdb.DuckDBPyConnection, view: str, party_type: PartyType, max_pairs_per_record: float
) -> None:
    """Create `pairs_to_score`: pairs of a fresh record, and those that caps have opened."""
    ((record_count,),) = con.execute("select count(*) from present_records").fetchall()
    con.execute(
        """
        create or replace temp view marked_keys as
        select
            candidate_keys.*,
            fresh.record_id is not null as is_fresh,
            is_neighbour or opened.key is not null as is_open
        from candidate_keys
        left join fresh on candidate_keys.record_id = fresh.record_id
        left join opened on candidate_keys.key = opened.key
        """
    )
    candidate_pairs(
        con,
        keys="marked_keys",
        records=view,
        party_type=party_type,
        largest=int(max_pairs_per_record * record_count),
        result="pairs_to_score",
        is_asked="l.is_fresh or r.is_fresh or l.is_open",
    )
    con.execute(
        """
        insert into pairs_to_score
        select distinct suspects.record_id_l, suspects.record_id_r
        from suspects
        inner join candidate_keys as l on suspects.record_id_l = l.record_id
        inner join candidate_keys as r on suspects.record_id_r = r.record_id and l.key = r.key
        anti join pairs_to_score as asked
            on suspects.record_id_l = asked.record_id_l and suspects.record_id_r = asked.record_id_r
        """
    )


def _score(
    con: duckdb.DuckDBPyConnection,
    view: str,
    release: Release,
    review_threshold: float,
    duplicate_free: DuplicateFreeSources,
) -> None:
    """Create `new_edges` from the pairs to score, a share of them at a time."""
    ((count,),) = con.execute("select count(*) from pairs_to_score").fetchall()
    shares = count // _PAIRS_AT_A_TIME + 1
    con.execute(f"create or replace temp table new_edges (record_id_a bigint, edge {_EDGE})")
    for share in range(shares if count else 0):
        # all pairs of a record on the left are in one share
        con.execute(
            "create or replace temp view share_of_pairs as"
            f" from pairs_to_score where hash(record_id_l) % {shares} = {share}"
        )
        score_pairs(
            con,
            records=view,
            pairs="share_of_pairs",
            release=release,
            result="scored",
            least_weight=review_threshold,
            duplicate_free=duplicate_free,
        )
        con.execute(
            """
            insert into new_edges
            select
                case when l.record_key < r.record_key then l.record_id else r.record_id end,
                struct_pack(
                    record_id_b :=
                        case when l.record_key < r.record_key then r.record_id else l.record_id end,
                    record_key_b := greatest(l.record_key, r.record_key),
                    match_weight := match_weight,
                    match_probability := 1 / (1 + pow(2, -match_weight)),
                    stranger_weight := stranger_weight,
                    household_weight := household_weight,
                    name_weight := name_weight,
                    prior_weight := prior_weight,
                    evidence := evidence
                )
            from scored
            inner join present_records as l on scored.record_id_l = l.record_id
            inner join present_records as r on scored.record_id_r = r.record_id;
            drop table scored
            """
        )


# The edges of most known records are as they were; the others' are put together anew.
_FINAL = """
create or replace temp table reopened_pairs as
select distinct record_id_l, record_id_r
from (from pairs_to_score union all from suspects)
semi join known as l on record_id_l = l.record_id
semi join known as r on record_id_r = r.record_id;

create or replace temp table affected as
select record_id_l as record_id from reopened_pairs
union
select record_id_r from reopened_pairs
union
select record_id_a from new_edges
union
select record_id
from (select record_id, unnest(edges).record_id_b as record_id_b from known) as edge
anti join known on edge.record_id_b = known.record_id;

create or replace temp table rebuilt as
select record_id, list(edge order by edge.record_key_b) as edges
from (
    select record_id, edge
    from (select record_id, unnest(edges) as edge from known semi join affected using (record_id))
    semi join known on edge.record_id_b = known.record_id
    anti join reopened_pairs
        on least(record_id, edge.record_id_b) = reopened_pairs.record_id_l
        and greatest(record_id, edge.record_id_b) = reopened_pairs.record_id_r
    union all
    select record_id_a, edge from new_edges
)
group by record_id;

insert into matched
select
    record_key,
    '{party_type}',
    record_id,
    content_hash,
    blocking_keys,
    edges
from present_records
inner join (
    select record_id, blocking_keys, edges
    from known
    anti join affected using (record_id)
    union all
    select record_id, blocking_keys, coalesce(rebuilt.edges, [])
    from (
        select record_id, blocking_keys from known semi join affected using (record_id)
        union all
        from fresh
    )
    left join rebuilt using (record_id)
) using (record_id)
"""

_CLEAN = "drop view marked_keys; drop view touched_keys; drop view fresh_keys;" + "".join(
    f"drop table {table};"
    for table in (
        "present_records",
        "known",
        "left_keys",
        "fresh",
        "known_keys",
        "turns",
        "opened",
        "suspect_members",
        "suspects",
        "common_keys",
        "candidate_keys",
        "pairs_to_score",
        "new_edges",
        "reopened_pairs",
        "affected",
        "rebuilt",
    )
)
