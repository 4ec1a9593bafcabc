"""The releases that the registry holds: which is in force, and which have yet to be fitted."""

import json
from contextlib import closing
from pathlib import Path

import duckdb

from customer360 import registry, registry_log
from customer360.matching.fingerprint import (
    SCORING_LIBRARIES,
    library_versions,
    scoring_hash,
)
from customer360.matching.fitting import fit_release
from customer360.matching.model import PartyType
from customer360.matching.release import Release, ReleaseError
from customer360.registry import REGISTRY_FILE, WAREHOUSE_FILE, RegistryError, quoted

_COLUMNS = """
    release_id varchar,
    party_type varchar,
    fitted_at timestamp,
    content_hash varchar,
    parameters varchar,
    library_versions varchar
"""


def release_id(number: int) -> str:
    """The name of a release, for the number that `model_release` gives."""
    return f"release-{number}"


def release_number(name: str) -> int:
    """The number of a release, as `model_release` gives it."""
    return int(name.removeprefix("release-"))


def stored_releases(con: duckdb.DuckDBPyConnection, releases: str) -> list[str]:
    """The names of the releases that a registry holds, by their numbers."""
    rows = con.execute(f"select distinct release_id from {releases}").fetchall()
    return sorted((name for (name,) in rows), key=release_number)


def check_release(con: duckdb.DuckDBPyConnection, releases: str, release_id: str) -> None:
    """Make sure that a build can score with a release, or may fit it since there is no other.

    Raises:
        ReleaseError: the registry holds other releases but not this one; or it was fitted with
            another scoring, or with other versions of the libraries that scores depend on.

    """
    stored = stored_releases(con, releases)
    if not stored:
        return
    if release_id not in stored:
        raise ReleaseError(
            f"model_release asks for {release_id}, but the registry holds {', '.join(stored)}. A"
            " build never fits another release by itself: run `make train` to fit a candidate,"
            " look at what it would change, and set model_release to its number. Or set"
            " model_release to a release that the registry holds."
        )
    rows = con.execute(
        f"select party_type, content_hash, library_versions from {releases} where release_id = ?"
        " order by party_type",
        [release_id],
    ).fetchall()
    changes = [
        change
        for party_type, content_hash, versions in rows
        for change in _changes(PartyType(party_type), content_hash, json.loads(versions))
    ]
    if changes:
        raise ReleaseError(
            f"{release_id} was fitted with another scoring than this installation has:"
            f" {'; '.join(dict.fromkeys(changes))}. Nothing was built. Either go back to what it"
            " was fitted with; or run `make train` to fit a new release on the data (`make train"
            " KEEP=1` keeps its parameters, for a mere change of version), look at what it would"
            " change, and set model_release to its number."
        )


def _changes(party_type: PartyType, content_hash: str, versions: dict[str, str]) -> list[str]:
    now: dict[str, str] = json.loads(library_versions())
    changes = [
        f"{library} was {versions.get(library)} and is {now[library]}"
        for library in SCORING_LIBRARIES
        if versions.get(library) != now[library]
    ]
    if content_hash != scoring_hash(party_type):
        changes.append(
            f"the comparisons, blocking rules or scoring code of the {party_type} model have"
            " changed (src/customer360/matching)"
        )
    return changes


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

    Raises:
        ReleaseError: the registry holds other releases but not this one.

    """
    check_release(con, releases, release_id)
    con.execute(f"create or replace temp table new_releases ({_COLUMNS})")
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
                    scoring_hash(party_type),
                    release.to_json(),
                    library_versions(),
                ],
            )
    return con.table("new_releases")


def carry_over(
    con: duckdb.DuckDBPyConnection, *, registry: str, release_id: str, candidate_id: str
) -> None:
    """Store a release anew with the same parameters, for the scoring that is installed now.

    Args:
        con: a connection with the registry attached.
        registry: the attached registry, such as `registry.main`.
        release_id: the release whose parameters are kept.
        candidate_id: the name of the new one.

    Raises:
        ReleaseError: when the parameters do not fit the comparisons of this installation.

    """
    rows = con.execute(
        f"select party_type, parameters from {registry}.model_releases where release_id = ?"
        " order by party_type",
        [release_id],
    ).fetchall()
    for party_type, parameters in rows:
        release = Release.from_json(PartyType(party_type), parameters)
        release.check()
        con.execute(
            f"insert into {registry}.model_releases values (?, ?, now()::timestamp, ?, ?, ?)",
            [
                candidate_id,
                party_type,
                scoring_hash(release.party_type),
                parameters,
                library_versions(),
            ],
        )
    con.execute(
        f"insert into {registry}.release_frequencies"
        f" select ?, party_type, term, value, frequency from {registry}.release_frequencies"
        " where release_id = ?",
        [candidate_id, release_id],
    )


def store_candidate(home: Path, scratch: Path, candidate_id: str, *, run_id: str) -> None:
    """Add a release that was fitted on a copy of a home to the home's registry, and to its log.

    It comes with its frequencies, in one transaction; which release is in force does not change.
    Whoever calls this holds the lock of the home.

    Args:
        home: where the registry is.
        scratch: the copy, in which a build has scored with the release.
        candidate_id: the release.
        run_id: what the entry of the log is signed with.

    Raises:
        ReleaseError: the registry got a release of that name meanwhile.
        RegistryError: the registry is open in another program, or is not what its log says.

    """
    file = home / REGISTRY_FILE
    if not file.exists():
        raise RegistryError(f"{file} is gone; `make restore` makes it again from its log.")
    with closing(duckdb.connect()) as con:
        registry.attach(con, home)
        # what a build committed that died before it came to the log; and no rows are missing
        registry_log.append(con, home, run_id=run_id)
        con.execute(f"attach {quoted(scratch / WAREHOUSE_FILE)} as fitted (read_only)")
        if candidate_id in stored_releases(con, "registry.main.model_releases"):
            raise ReleaseError(f"{candidate_id} was stored meanwhile; run `make train` again.")
        con.execute("begin")
        con.execute(
            "insert into registry.main.model_releases by name"
            " from fitted.identity.identity_releases where release_id = ?",
            [candidate_id],
        )
        con.execute(
            "insert into registry.main.release_frequencies by name"
            " select ? as release_id, * from fitted.identity.identity_release_frequencies",
            [candidate_id],
        )
        con.execute("commit")
        con.execute("checkpoint registry")
        registry_log.append(con, home, run_id=run_id)


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
        ReleaseError: it was fitted with another scoring than this version has, or its parameters
            are out of bounds.

    """
    check_release(con, releases, release_id)
    rows = con.execute(
        f"select party_type, parameters from {releases} where release_id = ? order by party_type",
        [release_id],
    ).fetchall()
    in_force = {
        PartyType(party_type): Release.from_json(PartyType(party_type), parameters)
        for party_type, parameters in rows
    }
    for release in in_force.values():
        release.check()
    return in_force
