"""What sources are like before a roll-out: one page and three tables, without a personal value."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from customer360.spreadsheets import cell

PAGE = "readiness.html"
_TABLES = ("source_readiness", "source_overlap", "source_columns")
_FINDINGS_SHOWN = 15
_LATE_DAYS = 30
# how much a record without the attribute counts, compared with one that cannot be used at all
_MISSING = {"name": 0.5, "email": 0.2, "phone": 0.2, "birth_date": 0.1, "updated_at": 0.1}
# of the records that have the attribute, below which its absence is worth a line
_OFTEN_THERE = 0.8
_ATTRIBUTES = {
    "name": "name",
    "name_reading": "reading",
    "email": "e-mail",
    "phone": "phone",
    "birth_date": "birth date",
    "address": "address",
    "postal_code": "postcode",
    "gender": "gender",
    "national_identifier": "national id",
    "identifier": "other ids",
    "updated_at": "changed at",
}


@dataclass(frozen=True)
class Finding:
    """Something to fix.

    Attributes:
        weight: the number of records that gain, less where they gain little.
        extract: system/instance/object.
        text: what is wrong, in numbers.
        advice: what to do about it.

    """

    weight: float
    extract: str
    text: str
    advice: str


def write_readiness(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write the tables as CSV and the page; returns the page.

    Args:
        con: a connection to a warehouse with the tables `marts.source_readiness`,
            `marts.source_overlap`, `marts.source_columns` and `identity.identity_membership`.
        folder: where they go; it is made.

    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in _TABLES:
        rows = _rows(con, f"from marts.{table} order by all")
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_names(con, table))
            writer.writerows(map(cell, row.values()) for row in rows)
    page = folder / PAGE
    page.write_text(render(collect(con)), encoding="utf-8")
    return page


def collect(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the page shows, by section."""
    measures = _rows(con, "from marts.source_readiness order by all")
    (counts,) = _rows(
        con,
        "select count(*) as records, count(distinct cluster_id) as parties"
        " from identity.identity_membership",
    )
    by_extract: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for row in measures:
        of_extract = by_extract.setdefault(row["delivered_in"], {})
        of_extract[row["topic"], row["measure"]] = row
    overlap = _rows(con, "from marts.source_overlap order by all")
    return {
        "counts": counts,
        "extracts": {
            name: found for name, found in by_extract.items() if ("ids", "commonest form") in found
        },
        "attributes": _ATTRIBUTES,
        "shared": [row for row in measures if row["topic"] == "values that tell nobody apart"],
        "overlap": overlap,
        "systems": sorted({row[side] for row in overlap for side in ("system_a", "system_b")}),
        "columns": _rows(
            con,
            """
            select
                concat_ws('/', source_system, source_instance, source_object) as extract,
                count(*) filter (status = 'read') as columns_read,
                list(column_name order by position) filter (status = 'missing') as missing,
                list(column_name order by position) filter (status = 'ignored') as ignored
            from staging.stg_landing__source_columns
            group by all
            order by all
            """,
        ),
        "findings": what_to_fix(measures)[:_FINDINGS_SHOWN],
    }


def what_to_fix(measures: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """What is wrong, the most worthwhile first.

    Args:
        measures: the rows of source_readiness.

    """
    found = [finding for row in measures if (finding := _finding(row)) and finding.weight > 0]
    return sorted(found, key=lambda each: (-each.weight, each.extract, each.text))


def _finding(row: Mapping[str, Any]) -> Finding | None:
    extract, measure = row["delivered_in"], row["measure"]
    affected, total = row["affected"], row["total"] or 0
    attribute = _ATTRIBUTES.get(measure, measure)
    rest = total - affected
    numbers = f"{affected:,} of {total:,}"
    match row["topic"]:
        case "rows" if measure == "in quarantine":
            return Finding(
                affected,
                extract,
                f"{numbers} rows cannot be used",
                "a build lists them with the reason in quarantined_records; a repaired row leaves"
                " by itself",
            )
        case "formats":
            return Finding(
                rest,
                extract,
                f"{rest:,} of {total:,} records have a value under {attribute} that nothing can be"
                " made of: it is malformed, or a placeholder",
                "a build lists them in rejected_values; check the value where it is entered",
            )
        case "completeness" if measure in _MISSING and row["share"] is not None:
            often = row["share"] >= _OFTEN_THERE
            weight = _MISSING[measure] * rest
            # what no record has, the extract does not deliver: that is no fault of the data
            if not affected or (often and measure not in ("name", "updated_at")):
                weight = 0
            return Finding(
                weight,
                extract,
                f"{rest:,} of {total:,} records have no {attribute}",
                "the newest value cannot be told without it; deliver the system's own time of"
                " change"
                if measure == "updated_at"
                else "see whether the system has it and the extract leaves it out; records without"
                " it are matched by less",
            )
        case "values that tell nobody apart":
            return Finding(
                affected,
                extract,
                f"{affected:,} records carry a value under {attribute} that tells nobody apart"
                f" ({row['detail']})",
                "a build lists them in identity_generic_values; replace stand-ins by an empty"
                " field",
            )
        case "matching" if measure == "duplicates inside the extract":
            return Finding(
                affected,
                extract,
                f"{numbers} records are further records of somebody the extract already has",
                "merge them in the system; until then they share a GPID",
            )
        case "ids" if measure == "keys that are e-mail addresses":
            return Finding(
                affected * 0.5,
                extract,
                f"{numbers} keys are e-mail addresses: they are personal, and change with the"
                " address",
                "use the system's own number as the key, where it has one",
            )
        case "freshness" if affected > _LATE_DAYS:
            return Finding(
                float(affected),
                extract,
                f"its newest record ({row['detail']}) is {affected:,} days behind the newest"
                " extract",
                "see whether the export still runs",
            )
    return None


def render(content: Mapping[str, Any]) -> str:
    """The page: one HTML file with everything in it."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["percent"] = _percent
    template = environment.from_string(
        files("customer360").joinpath("readiness.html.j2").read_text("utf-8")
    )
    return template.render(**content)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    percent = 100 * share
    # neither all nor none where one is missing
    if 0 < percent < 1 or 99 < percent < 100:
        return f"{percent:.1f} %"
    return f"{percent:.0f} %"


def _names(con: duckdb.DuckDBPyConnection, table: str) -> Sequence[str]:
    return [column[0] for column in con.execute(f"from marts.{table} limit 0").description or ()]


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
