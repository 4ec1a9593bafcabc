"""The releases that the registry holds: which is in force, and which have yet to be fitted."""

import duckdb

from customer360.matching.fitting import fit_release
from customer360.matching.model import PartyType
from customer360.matching.release import (
    Release,
    ReleaseError,
    comparison_hash,
    library_versions,
)


def fit_missing_releases(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    releases: str,
    release_id: str,
    max_pairs_per_record: float,
) -> duckdb.DuckDBPyRelation:
    """Fit the release for each party type that has records and no such release yet.

    Args:
        con: a connection.
        records: comparison records of every party type.
        releases: the releases that the registry holds.
        release_id: the release in force.
        max_pairs_per_record: as for `fit_release`.

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
            con,
            records=records_of_type(con, records, party_type),
            party_type=party_type,
            max_pairs_per_record=max_pairs_per_record,
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


def records_of_type(con: duckdb.DuckDBPyConnection, records: str, party_type: PartyType) -> str:
    """Create (and name) the view of one party type, with the columns that comparisons read."""
    view = f"{party_type.value}_records"
    con.execute(
        f"create or replace temp view {view} as"
        f" select * from {records} where party_type = '{party_type.value}'"
    )
    return view


def releases_in_force(
    con: duckdb.DuckDBPyConnection, releases: str, release_id: str
) -> dict[PartyType, Release]:
    """Read the release of each party type that has one.

    Raises:
        ReleaseError: it was fitted with other comparisons than this version has, or its
            parameters are out of bounds.

    """
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
    in_force = {
        PartyType(party_type): Release.from_json(PartyType(party_type), parameters)
        for party_type, _, parameters in rows
    }
    for release in in_force.values():
        release.check()
    return in_force
