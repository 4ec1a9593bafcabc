"""Fit a release on the data at hand."""

from dataclasses import replace

import duckdb

from customer360.matching.blocking import blocking_keys
from customer360.matching.model import PartyType
from customer360.matching.release import Release, fit_chances, fit_shares
from customer360.matching.scoring import weigh
from customer360.matching.splink_engine import compare


def fit_release(
    con: duckdb.DuckDBPyConnection, *, records: str, party_type: PartyType
) -> Release | None:
    """Fit the release of one party type.

    Args:
        con: a connection.
        records: all records of the party type, as for `compare`.
        party_type: whose comparisons to fit.

    Returns:
        The release, rounded as it will be stored; `None` when there are no records.

    """
    rows = con.execute(f"select source, count(*) from {records} group by source").fetchall()
    record_count = sum(count for _, count in rows)
    if record_count == 0:
        return None
    within_pairs = sum(count * (count - 1) / 2 for _, count in rows)
    between_pairs = record_count * (record_count - 1) / 2 - within_pairs
    release = Release(
        party_type=party_type,
        record_count=record_count,
        chances=fit_chances(con, records=records, party_type=party_type),
        between_share=0.5,
        within_share=0.5,
        household_share=0.5,
        matches_per_record=0.0,
    )
    blocking_keys(con, records=records, party_type=party_type, result="fitting_keys")
    compare(
        con,
        records=records,
        keys="fitting_keys",
        comparisons=release.comparisons,
        chances=release.chances,
        result="fitting_compared",
    )
    weigh(
        con,
        records=records,
        release=release,
        compared="fitting_compared",
        result="fitting_weighed",
    )
    between, within, household, matches = fit_shares(
        con,
        weighed="fitting_weighed",
        between_pairs=between_pairs,
        within_pairs=within_pairs,
        record_count=record_count,
    )
    con.execute("drop table fitting_keys; drop table fitting_compared; drop table fitting_weighed")
    fitted = replace(
        release,
        between_share=between,
        within_share=within,
        household_share=household,
        matches_per_record=matches,
    )
    return Release.from_json(party_type, fitted.to_json())
