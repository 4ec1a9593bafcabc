"""The release in force as a table: what each finding about two records weighs."""

import duckdb

from customer360.releases import releases_in_force

_COLUMNS = """
    party_type varchar,
    comparison varchar,
    "level" varchar,
    match_share double,
    stranger_share double,
    relative_share double,
    frequency_term varchar,
    prior_share double,
    prior_relative_share double
"""


def release_weights(
    con: duckdb.DuckDBPyConnection, *, releases: str, release_id: str
) -> duckdb.DuckDBPyRelation:
    """Say how often each level is reached among matches, strangers and relatives.

    Returns:
        One row per party type, comparison and level: `match_share` (m), `stranger_share` (u; null
        where the frequency of the value itself, `frequency_term`, is taken), `relative_share`
        (null where relatives are like strangers), and of the release as a whole `prior_share` (λ of
        two records of different sources) and `prior_relative_share` (λ_h).

    """
    con.execute(f"create or replace temp table release_weights ({_COLUMNS})")
    rows = [
        (
            party_type.value,
            comparison.name,
            level.name,
            level.m,
            None if level.frequency else release.chances.get((comparison.name, level.name)),
            level.household,
            level.frequency,
            release.between_share,
            release.household_share,
        )
        for party_type, release in releases_in_force(con, releases, release_id).items()
        for comparison in release.comparisons
        for level in comparison.levels
    ]
    if rows:
        con.executemany(f"insert into release_weights values ({', '.join('?' * 9)})", rows)
    return con.table("release_weights")
