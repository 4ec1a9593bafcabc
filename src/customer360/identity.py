"""The steps of identity resolution as dbt's Python models call them."""

import duckdb
import numpy as np

from customer360.clustering import (
    CANNOT_LINK,
    MUST_LINK,
    Ints,
    Links,
    bounded_components,
    pair_values,
    recluster,
)
from customer360.matching.blocking import blocking_keys
from customer360.matching.fitting import fit_release
from customer360.matching.model import PartyType
from customer360.matching.release import (
    Release,
    ReleaseError,
    comparison_hash,
    library_versions,
)
from customer360.matching.scoring import score_pairs

__all__ = ["cluster_records", "fit_missing_releases", "match_records"]

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


def fit_missing_releases(
    con: duckdb.DuckDBPyConnection, *, records: str, releases: str, release_id: str
) -> duckdb.DuckDBPyRelation:
    """Fit the release for each party type that has records and no such release yet.

    Args:
        con: a connection.
        records: comparison records of every party type.
        releases: the releases that the registry holds.
        release_id: the release in force.

    Returns:
        The new releases in the registry's columns; usually none.

    """
    con.execute(
        "create or replace temp table new_releases (release_id varchar, party_type varchar,"
        " fitted_at timestamp, content_hash varchar, parameters varchar,"
        " library_versions varchar)"
    )
    rows = con.execute(
        f"select party_type from {releases} where release_id = ?", [release_id]
    ).fetchall()
    known = {party_type for (party_type,) in rows}
    for party_type in PartyType:
        if party_type.value in known:
            continue
        release = fit_release(
            con, records=_of_type(con, records, party_type), party_type=party_type
        )
        if release is not None:
            con.execute(
                "insert into new_releases values (?, ?, now()::timestamp, ?, ?, ?)",
                [
                    release_id,
                    party_type.value,
                    comparison_hash(party_type),
                    release.to_json(),
                    library_versions(),
                ],
            )
    return con.table("new_releases")


def match_records(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    review_threshold: float,
) -> duckdb.DuckDBPyRelation:
    """Score all candidate pairs with the release in force.

    Returns:
        One row per pair of at least `review_threshold` bits: `party_type, record_key_a,
        record_key_b` (a < b), the weights of `score_pairs` in bits, `match_probability` and
        `evidence`.

    """
    con.execute(f"create or replace temp table edges ({_EDGE_COLUMNS})")
    for party_type, release in _releases_in_force(con, releases, release_id).items():
        view = _of_type(con, records, party_type)
        blocking_keys(con, records=view, party_type=party_type, result="candidate_keys")
        score_pairs(con, records=view, keys="candidate_keys", release=release, result="scored")
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


def cluster_records(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    edges: str,
    declared: str,
    link_threshold: float,
    largest_component: int,
) -> duckdb.DuckDBPyRelation:
    """Partition the records into clusters, one per party.

    Args:
        con: a connection.
        records: comparison records.
        releases: the releases that the registry holds.
        release_id: the release in force.
        edges: what `match_records` returned.
        declared: links that source systems declare: `record_key_a, record_key_b, weight` in bits;
            a trusted link weighs `MUST_LINK`.
        link_threshold: weight in bits from which two records belong to one component.
        largest_component: a component of more records is cut at a higher threshold.

    Returns:
        One row per record: `record_key, party_type, cluster_id` (the smallest record key in it),
        `component_id` (the same for the connected component that it was cut from).

    """
    keys = con.execute(
        f"select record_key, party_type from {records} order by record_id"
    ).fetchnumpy()
    size = len(keys["record_key"])
    con.execute(
        f"""
        create or replace temp table links as
        select
            least(a.record_id, b.record_id) - 1 as l,
            greatest(a.record_id, b.record_id) - 1 as r,
            max(coalesce(links.declared_weight, links.match_weight)) as weight,
            max(case
                when links.declared_weight is not null then links.declared_weight
                when links.match_weight >= 0 then links.match_weight
                else links.pair_value
            end) as value
        from (
            select record_key_a, record_key_b, match_weight, null::double as declared_weight,
                least(-1, greatest(match_weight, least(stranger_weight, household_weight)))
                    as pair_value
            from {edges}
            union all
            select record_key_a, record_key_b, null, weight, null from {declared}
        ) as links
        inner join {records} as a on links.record_key_a = a.record_key
        inner join {records} as b on links.record_key_b = b.record_key
        group by all
        order by l, r
        """
    )
    links = _links(con, "select l, r, weight from links")
    labels = bounded_components(size, links, threshold=link_threshold, largest=largest_component)
    values = _links(con, "select l, r, value as weight from links")
    inside = labels[values.left] == labels[values.right]
    known = Links(values.left[inside], values.right[inside], values.weight[inside])
    scored = _score_missing_pairs(
        con,
        records,
        _releases_in_force(con, releases, release_id),
        labels,
        known,
        largest=largest_component,
    )
    everything = Links(
        np.concatenate([known.left, scored.left]),
        np.concatenate([known.right, scored.right]),
        np.concatenate([known.weight, scored.weight]),
    )
    clusters = recluster(size, labels, everything, largest=largest_component)
    con.register(
        "cluster_numbers",
        {"record_id": np.arange(1, size + 1), "cluster": clusters + 1, "component": labels + 1},
    )
    con.execute(
        f"""
        create or replace temp table membership as
        select
            record.record_key,
            record.party_type,
            cluster_head.record_key as cluster_id,
            component_head.record_key as component_id
        from cluster_numbers
        inner join {records} as record on cluster_numbers.record_id = record.record_id
        inner join {records} as cluster_head on cluster_numbers.cluster = cluster_head.record_id
        inner join {records} as component_head
            on cluster_numbers.component = component_head.record_id
        """
    )
    con.unregister("cluster_numbers")
    return con.table("membership")


def _score_missing_pairs(
    con: duckdb.DuckDBPyConnection,
    records: str,
    releases: dict[PartyType, Release],
    labels: Ints,
    known: Links,
    *,
    largest: int,
) -> Links:
    """Score the pairs inside components that blocking never compared."""
    counts = np.bincount(labels, minlength=len(labels))
    pairs_known = np.bincount(labels[known.left], minlength=len(labels))
    examined = (counts > 2) & (counts <= largest)
    incomplete = examined & (pairs_known < counts * (counts - 1) // 2)
    members = np.flatnonzero(incomplete[labels])
    con.register("open_members", {"record_id": members + 1, "component": labels[members]})
    con.execute(
        """
        create or replace temp table missing_pairs as
        select row_number() over () as key, l.record_id as record_id_l, r.record_id as record_id_r
        from open_members as l
        inner join open_members as r
            on l.component = r.component and l.record_id < r.record_id
        anti join links on l.record_id - 1 = links.l and r.record_id - 1 = links.r
        """
    )
    con.unregister("open_members")
    found = []
    for party_type, release in releases.items():
        view = _of_type(con, records, party_type)
        con.execute(
            "create or replace temp table missing_keys as"
            " select record_id, key from ("
            " select record_id_l as record_id, key from missing_pairs"
            " union all select record_id_r, key from missing_pairs"
            f") semi join {view} using (record_id)"
        )
        score_pairs(con, records=view, keys="missing_keys", release=release, result="filled")
        rows = con.execute(
            "select record_id_l - 1 as l, record_id_r - 1 as r, match_weight, stranger_weight,"
            " household_weight from filled order by l, r"
        ).fetchnumpy()
        found.append(
            Links(
                rows["l"],
                rows["r"],
                pair_values(
                    rows["match_weight"], rows["stranger_weight"], rows["household_weight"]
                ),
            )
        )
        con.execute("drop table filled; drop table missing_keys")
    con.execute("drop table missing_pairs")
    return Links(
        np.concatenate([np.empty(0, np.int64), *(f.left for f in found)]),
        np.concatenate([np.empty(0, np.int64), *(f.right for f in found)]),
        np.concatenate([np.empty(0), *(f.weight for f in found)]),
    )


def _links(con: duckdb.DuckDBPyConnection, query: str) -> Links:
    rows = con.execute(query).fetchnumpy()
    return Links(
        np.asarray(rows["l"], np.int64),
        np.asarray(rows["r"], np.int64),
        np.clip(np.asarray(rows["weight"], float), CANNOT_LINK, MUST_LINK),
    )


def _of_type(con: duckdb.DuckDBPyConnection, records: str, party_type: PartyType) -> str:
    """Create (and name) the view of one party type, with the columns that comparisons read."""
    view = f"{party_type.value}_records"
    con.execute(
        f"create or replace temp view {view} as"
        f" select * from {records} where party_type = '{party_type.value}'"
    )
    return view


def _releases_in_force(
    con: duckdb.DuckDBPyConnection, releases: str, release_id: str
) -> dict[PartyType, Release]:
    rows = con.execute(
        f"select party_type, content_hash, parameters from {releases} where release_id = ?"
        " order by party_type",
        [release_id],
    ).fetchall()
    for party_type, content_hash, _ in rows:
        if content_hash != comparison_hash(PartyType(party_type)):
            raise ReleaseError(
                f"{release_id} of the {party_type} model was fitted with other comparisons than"
                " this version of the project has. Go back to the version that fitted it, or"
                " raise model_release in dbt_project.yml to fit a new release on the data."
            )
    return {
        PartyType(party_type): Release.from_json(PartyType(party_type), parameters)
        for party_type, _, parameters in rows
    }
