"""Matching: the edges that the release in force scores."""

import duckdb

from customer360.matching.blocking import blocking_keys
from customer360.matching.scoring import DuplicateFreeSources, score_pairs
from customer360.releases import records_of_type, releases_in_force

_EDGE_COLUMNS = """
    party_type varchar,
    record_key_a varchar,
    record_key_b varchar,
    match_weight double,
    match_probability double,
    stranger_weight double,
    household_weight double,
    name_weight double,
    prior_weight double,
    evidence struct(comparison varchar, "level" varchar, bits double)[]
"""


def match_records(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    review_threshold: float,
    duplicate_free: DuplicateFreeSources,
) -> duckdb.DuckDBPyRelation:
    """Score all candidate pairs with the release in force.

    Returns:
        One row per pair of at least `review_threshold` bits: `party_type, record_key_a,
        record_key_b` (a < b), the weights of `score_pairs` in bits, `match_probability` and
        `evidence`.

    """
    con.execute(f"create or replace temp table edges ({_EDGE_COLUMNS})")
    for party_type, release in releases_in_force(con, releases, release_id).items():
        view = records_of_type(con, records, party_type)
        blocking_keys(con, records=view, party_type=party_type, result="candidate_keys")
        score_pairs(
            con,
            records=view,
            keys="candidate_keys",
            release=release,
            result="scored",
            duplicate_free=duplicate_free,
        )
        con.execute(
            f"""
            insert into edges
            select
                '{party_type.value}',
                least(l.record_key, r.record_key),
                greatest(l.record_key, r.record_key),
                match_weight,
                1 / (1 + pow(2, -match_weight)),
                stranger_weight,
                household_weight,
                name_weight,
                prior_weight,
                evidence
            from scored
            inner join {view} as l on scored.record_id_l = l.record_id
            inner join {view} as r on scored.record_id_r = r.record_id
            where match_weight >= {review_threshold};
            drop table candidate_keys;
            drop table scored;
            """
        )
    return con.table("edges")
